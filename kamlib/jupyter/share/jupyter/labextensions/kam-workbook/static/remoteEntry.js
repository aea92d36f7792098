// Shows a notebook of the workbook as a page: runs its questions when it opens, hides their code,
// and keeps a reader's keys and clicks from changing it. Notebooks without `metadata.kam` are left
// alone. Written by hand as a module-federation container, so that no build tools are needed.
(() => {
  'use strict';

  const NAME = 'kam-workbook';
  const STYLE = new URL('kam.css', document.currentScript.src).href;

  // Only what is exactly one of these runs by itself; whatever else a cell says waits for a person.
  const FORM = /^from kamlib\.forms import form\nform\("[a-z0-9_]+\.[a-z0-9_]+"\)\s*$/;
  const STAGE = /^from kamlib\.forms import stage\nstage\("[A-Z][A-Z0-9]{0,7}"(?:, (?:\d{1,3}|"commit"))?\)\s*$/;
  const ACTIVITY = /^from kamlib\.forms import activity\nactivity\("[a-z0-9_]+\.[a-z0-9_]+"(?:, "[a-z][a-z0-9_]*")?\)\s*$/;
  const PAGE = /^from kamlib\.(?:forms import start\nstart|grading\.office_page import office\noffice)\(\)\s*$/;
  const FIGURE = 'kam-figure';

  const LANGS = {
    en: { tag: 'en', name: 'English', home: 'Start page' },
    zh: { tag: 'zh-CN', name: '中文', home: '首页' }
  };
  const START_PAGE = 'start.ipynb';

  // A link to one question names its cell; JupyterLab later writes an address without that name.
  const asked = () => {
    try {
      const cell = /^#cell-id=(.+)$/.exec(decodeURIComponent(location.hash));
      return cell && { path: decodeURIComponent(location.pathname), cell: cell[1] };
    } catch {
      return null; // somebody's own address with a stray per cent sign
    }
  };
  const ARRIVAL = asked();
  const SETTLED = 2000; // milliseconds a page may still grow in after its last question ran

  let shared;

  // The application's own copy of a module, never that of another extension.
  const module = async name => {
    const copies = Object.values(shared[name]);
    const copy = copies.find(each => each.loaded) || copies.find(each => each.eager) || copies[0];
    return (await copy.get())();
  };

  const source = cell => cell.model.sharedModel.getSource();
  const isForm = cell =>
    cell.model.type === 'code' && [FORM, STAGE, ACTIVITY, PAGE].some(ours => ours.test(source(cell)));
  const isFigure = cell =>
    cell.model.type === 'code' && (cell.model.getMetadata('tags') || []).includes(FIGURE);

  const heading = panel => {
    for (const cell of panel.content.widgets) {
      const found = cell.model.type === 'markdown' && /^#\s+(.+)$/m.exec(source(cell));
      if (found) return found[1].trim();
    }
    return '';
  };

  // Keep the question a link named in view while questions above it grow, until a reader moves.
  const follow = (panel, address) => {
    const { content } = panel;
    if (!address || !address.path.endsWith(`/${panel.context.path}`)) return () => {};
    const cell = content.widgets.find(each => each.model.id === address.cell);
    if (!cell) return () => {};
    const MOVES = ['keydown', 'pointerdown', 'touchstart', 'wheel'];
    const show = () => {
      if (!panel.isDisposed && panel.isVisible) cell.node.scrollIntoView({ block: 'start' });
    };
    const growing = new ResizeObserver(show);
    const end = () => {
      growing.disconnect();
      for (const move of MOVES) panel.node.removeEventListener(move, end, true);
    };
    for (const each of content.widgets) growing.observe(each.node);
    for (const move of MOVES) panel.node.addEventListener(move, end, true);
    panel.disposed.connect(end);
    return () => setTimeout(end, SETTLED);
  };

  // Run forms when the notebook is open, and again for each kernel that takes over.
  const keepAlive = (panel, CodeCell, ready) => {
    const { sessionContext, context, content } = panel;
    // A figure is the author's code, so it runs only where Jupyter trusts the whole notebook.
    const trusted = content.widgets.every(
      cell => cell.model.type !== 'code' || isForm(cell) || cell.model.trusted
    );
    let wanted = true;
    let first = true;
    let busy = false;

    const run = async () => {
      const kernel = sessionContext.session && sessionContext.session.kernel;
      if (!wanted || busy || panel.isDisposed || !kernel) return;
      if (kernel.connectionStatus !== 'connected') return;
      wanted = false;
      busy = true;
      const untouched = first || !context.model.dirty;
      first = false;
      try {
        for (const cell of [...content.widgets]) {
          if (wanted || panel.isDisposed) break; // the kernel was replaced meanwhile
          if (isForm(cell) || (trusted && isFigure(cell))) {
            await CodeCell.execute(cell, sessionContext, { recordTiming: false });
          }
        }
        // Nobody has written anything yet, so closing the window shall not ask whether to save.
        if (untouched && !panel.isDisposed) context.model.dirty = false;
      } catch (error) {
        console.warn(NAME, error);
      } finally {
        busy = false;
        if (wanted) run();
        else ready();
      }
    };

    sessionContext.kernelChanged.connect((_, change) => {
      wanted = wanted || Boolean(change.newValue);
      run();
    });
    sessionContext.statusChanged.connect((_, status) => {
      if (status === 'restarting' || status === 'autorestarting') wanted = true;
      else if (status === 'idle') run();
    });
    sessionContext.connectionStatusChanged.connect(run);
    run();
  };

  const markCells = panel => {
    for (const cell of panel.content.widgets) {
      cell.toggleClass('kam-code-hidden', isForm(cell) || isFigure(cell));
    }
  };

  // A reader's keys and clicks do not change the page; code a trainer writes keeps its keys.
  const protect = (panel, inDocument) => {
    const node = panel.content.node;
    const writing = target =>
      target.closest('.jp-CodeCell:not(.kam-code-hidden) .jp-InputArea-editor') !== null;
    const SILENT = 'data-lm-suppress-shortcuts'; // what Jupyter's own keyboard handling heeds
    const keys = event => {
      const target = event.target;
      const loose = inDocument && target === document.body; // nothing has the focus
      if (!(target instanceof Element) || !(loose || node.contains(target))) return;
      const save = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's';
      if (writing(target) || (save && !inDocument)) {
        target.removeAttribute(SILENT);
        return;
      }
      // Jupyter looks from the focused element upwards, so the mark has to be on that element.
      target.setAttribute(SILENT, 'true');
      if (loose) setTimeout(() => target.removeAttribute(SILENT), 0);
      if (save) event.preventDefault(); // the browser would offer to save a web page
    };
    window.addEventListener('keydown', keys, true);
    panel.disposed.connect(() => window.removeEventListener('keydown', keys, true));
    node.addEventListener('dblclick', event => {
      if (event.target.closest('.jp-MarkdownCell')) event.stopPropagation();
    }, true);
    if (inDocument) {
      // The browser's own menu, to copy a sentence, rather than one that deletes cells.
      panel.node.addEventListener('contextmenu', event => event.stopPropagation(), true);
    }
  };

  const there = (app, path) =>
    app.serviceManager.contents.get(path, { content: false }).then(() => true, () => false);

  // One slim bar above the page: the way back, the title, the other language.
  const addBar = async (app, panel, lang, title) => {
    const [{ Widget }, { PageConfig, URLExt }] = await Promise.all([
      module('@lumino/widgets'), module('@jupyterlab/coreutils')
    ]);
    const bar = new Widget({ node: document.createElement('nav') });
    bar.addClass('kam-bar');
    const link = (path, label, tag) => {
      const anchor = document.createElement('a');
      anchor.href = URLExt.join(PageConfig.getBaseUrl(), 'notebooks', URLExt.encodeParts(path));
      anchor.textContent = label;
      if (tag) anchor.lang = anchor.hreflang = tag;
      return anchor;
    };
    const name = document.createElement('span');
    name.className = 'kam-bar-title';
    name.textContent = title;
    bar.node.append(name);
    panel.contentHeader.addWidget(bar);
    const path = panel.context.path;
    if (await there(app, START_PAGE)) bar.node.prepend(link(START_PAGE, `← ${LANGS[lang].home}`));
    const other = lang === 'zh' ? 'en' : 'zh';
    const twin = path.replace(`.${lang}.ipynb`, `.${other}.ipynb`);
    if (twin !== path && (await there(app, twin))) {
      bar.node.append(link(twin, LANGS[other].name, LANGS[other].tag));
    }
  };

  const open = async (app, panel, CodeCell) => {
    await panel.context.ready;
    const kam = panel.content.model && panel.content.model.getMetadata('kam');
    if (!kam || panel.isDisposed) return;
    const lang = kam.lang in LANGS ? kam.lang : 'en';
    const inDocument = document.body.dataset.notebook === 'notebooks';
    panel.addClass('kam-page');
    panel.content.node.lang = LANGS[lang].tag;
    markCells(panel);
    panel.content.model.cells.changed.connect(() => setTimeout(() => markCells(panel), 0));
    protect(panel, inDocument);
    if (inDocument) {
      document.body.classList.add('kam-document');
      document.documentElement.lang = LANGS[lang].tag;
      const title = heading(panel);
      const name = () => { if (title) document.title = title; };
      panel.title.changed.connect(() => setTimeout(name, 0));
      setTimeout(name, 0);
      if (!['start', 'office'].includes(kam.kind)) addBar(app, panel, lang, title);
      const { shell } = app;
      for (const part of [shell.top, shell.menu, panel.toolbar]) if (part) part.hide();
      if (shell.collapseTop) shell.collapseTop();
    }
    await panel.revealed;
    const found = follow(panel, asked() || ARRIVAL);
    const go = () => follow(panel, asked())(); // a link to another question of the page shown
    window.addEventListener('hashchange', go);
    panel.disposed.connect(() => window.removeEventListener('hashchange', go));
    await panel.sessionContext.ready;
    keepAlive(panel, CodeCell, found);
  };

  const plugin = async () => {
    const [{ INotebookTracker }, { CodeCell }] = await Promise.all([
      module('@jupyterlab/notebook'), module('@jupyterlab/cells')
    ]);
    return {
      id: `${NAME}:plugin`,
      description: 'Shows a lesson of the workbook as a page.',
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        const style = document.createElement('link');
        style.rel = 'stylesheet';
        style.href = STYLE;
        document.head.append(style);
        tracker.forEach(panel => open(app, panel, CodeCell));
        tracker.widgetAdded.connect((_, panel) => open(app, panel, CodeCell));
      }
    };
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: scope => { shared = scope; },
    get: async () => {
      const made = await plugin();
      return () => ({ __esModule: true, default: [made] });
    }
  };
})();
