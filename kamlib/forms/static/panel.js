// Draws a page of things to look at and to do, and asks the kernel. Every word comes from `page`;
// nothing is set as HTML.
const WAIT = 180000, BEAT = 15000;

function render({ model, el: host }) {
  let page = model.get("page"), gone = false, done = false, busy = false, dialog = null;
  const uid = "kamp" + Math.random().toString(36).slice(2);
  const typed = new Map(), open = new Set(), chosen = new Map(), urls = [];
  const root = el("div", { class: "kam-start kam-panel", "data-lm-suppress-shortcuts": "true", "data-jp-suppress-context-menu": "" });
  host.append(root);
  root.addEventListener("keydown", event => event.stopPropagation());

  const { ask, close } = asking(model, {
    wait: WAIT,
    lost() { if (!gone && !done) { gone = true; busy = false; draw(); } },
    heard(told, buffers, then) {
      const back = gone;
      gone = false;
      if (told.page) page = told.page;
      if (then) then(told, buffers);
      if (told.page || back) draw();
    },
  });

  const filled = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);
  const to = href => {
    const base = location.origin + serverRoot(location, pageConfig());
    if (href.startsWith("/")) return new URL(base + href.slice(1)).href;
    const below = /\/(?:notebooks|tree)\/(.*)$/.exec(location.pathname)?.[1].replace(/[^/]*$/, "") ?? "";
    return new URL(base + "files/" + below + href.split("/").map(encodeURIComponent).join("/")).href;
  };

  function table(one) {
    const number = one.head.map((_, at) => one.rows.length > 0 && one.rows.every(row => row[at]?.number));
    return el("div", { class: "kam-scroll", tabindex: "0", role: "region", "aria-label": one.caption || one.head.join(", ") },
      el("table", {},
        one.caption && el("caption", { text: one.caption }),
        el("thead", {}, el("tr", {}, ...one.head.map((text, at) => el("th", { scope: "col", class: number[at] ? "num" : null, text })))),
        el("tbody", {}, ...one.rows.map(row => el("tr", {}, ...row.map(cell => {
          const text = (cell.sign ? cell.sign + " " : "") + cell.text;
          const inside = cell.href ? el("a", { href: to(cell.href), target: "_blank", rel: "noopener", text }) : document.createTextNode(text);
          return el("td", { class: [cell.tone, cell.number && "num"].filter(Boolean).join(" ") || null }, inside);
        }))))));
  }

  const key = (action, field) => `${action.name}/${field.name}`;
  function control(action, field) {
    const id = `${uid}-${key(action, field)}`, name = key(action, field);
    const note = field.help && el("p", { class: "muted", id: id + "-help", text: field.help });
    const about = { id, "data-key": name, disabled: gone || busy, "aria-describedby": field.help ? id + "-help" : null };
    const now = typed.get(name) ?? field.value;
    const keep = event => typed.set(name, event.target.value);
    if (field.kind === "check") {
      const box = el("input", { type: "checkbox", ...about, onchange: event => typed.set(name, event.target.checked ? "yes" : "") });
      box.checked = now === "yes";
      return el("div", { class: "field check" }, el("label", {}, box, el("span", { text: field.label })), note);
    }
    let input;
    if (field.kind === "choice") {
      input = el("select", { ...about, onchange: keep }, ...field.options.map(([value, text]) => el("option", { value, text })));
      input.value = field.options.some(([value]) => value === now) ? now : field.options[0]?.[0] ?? "";
    } else if (field.kind === "file" || field.kind === "files") {
      input = el("input", { type: "file", ...about, accept: field.accept || null, multiple: field.kind === "files", onchange: event => { chosen.set(name, [...event.target.files]); draw(); } });
      const have = chosen.get(name) ?? [];
      return el("div", { class: "field" }, el("label", { for: id, text: field.label }), input,
        have.length > 0 && el("p", { class: "muted", text: filled(page.words.file_chosen, { n: have.map(one => one.name).join(", ") }) }), note);
    } else {
      input = el("input", { type: field.kind, ...about, maxlength: "400", oninput: keep, required: field.required });
      input.value = now;
    }
    return el("div", { class: "field" }, el("label", { for: id, text: field.label }), input, note);
  }

  async function act(action, confirmed = false) {
    const values = {}, files = [], buffers = [];
    for (const field of action.fields) {
      const name = key(action, field);
      if (field.kind === "file" || field.kind === "files") {
        for (const file of chosen.get(name) ?? []) {
          files.push({ field: field.name, name: file.webkitRelativePath || file.name, at: file.lastModified });
          buffers.push(await file.arrayBuffer());
        }
      } else if (field.kind === "choice") values[field.name] = root.querySelector(`[data-key="${CSS.escape(name)}"]`)?.value ?? field.value;
      else values[field.name] = typed.get(name) ?? field.value;
    }
    busy = true;
    draw();
    ask("act", { action: action.name, values, files, confirmed }, (told, sent) => {
      busy = false;
      if (!told.reply) return;
      if (!told.reply.sure && !told.reply.bad) for (const field of action.fields) { typed.delete(key(action, field)); chosen.delete(key(action, field)); }
      show(action, told.reply, sent);
    }, WAIT, buffers);
  }

  // What was done, or what would be done and the question whether to.
  function show(action, reply, sent) {
    const opener = "do-" + action.name;
    dialog?.remove();
    dialog = el("dialog", { "aria-labelledby": uid + "dialog", class: reply.tables.length ? "wide" : null });
    const mine = dialog;
    dialog.addEventListener("close", () => {
      mine.remove();
      if (dialog === mine) dialog = null;
      draw();
      root.querySelector(`[data-key="${CSS.escape(opener)}"]`)?.focus();
    });
    const links = reply.files.map((name, at) => {
      const url = URL.createObjectURL(new Blob([sent[at]]));
      urls.push(url);
      return el("a", { class: "button main", href: url, download: name, text: filled(page.words.download, { file: name }) });
    });
    const shut = el("button", { type: "button", text: reply.sure ? page.words.back : page.words.close, onclick: () => mine.close() });
    const go = reply.sure && el("button", { type: "button", class: action.weight === "danger" ? "danger" : "main", "data-key": "yes", text: page.words.yes, onclick: () => { mine.close(); act(action, true); } });
    dialog.append(el("div", { class: "inside" },
      el("h2", { id: uid + "dialog", tabindex: "-1", text: reply.bad ? `✗ ${action.label}` : action.label }),
      ...reply.said.map(text => el("p", { class: reply.bad ? "error" : null, role: reply.bad ? "alert" : null, text })),
      ...reply.tables.map(table),
      reply.sure && el("p", { class: "sure", text: reply.sure }),
      ...links,
      el("div", { class: "row" }, shut, go)));
    root.append(dialog);
    dialog.showModal();
    dialog.querySelector("h2").focus();
  }

  function button(action) {
    const style = { main: "main", danger: "danger", plain: "" }[action.weight];
    return el("button", { type: "submit", class: style, "data-key": "do-" + action.name, disabled: gone || busy, text: busy ? page.words.working : action.label });
  }
  function doing(action) {
    const form = el("form", { class: "action", novalidate: true, onsubmit: event => { event.preventDefault(); if (!gone && !busy) act(action); } },
      action.note && el("p", { class: "muted", text: action.note }),
      action.fields.length > 0 && el("div", { class: "fields" }, ...action.fields.map(field => control(action, field))),
      el("div", { class: "row" }, button(action)));
    if (!action.folded) return form;
    const fold = el("details", { ontoggle: event => (event.target.open ? open.add(action.name) : open.delete(action.name)) },
      el("summary", { "data-key": "fold-" + action.name, text: action.label }), form);
    fold.open = open.has(action.name);
    return fold;
  }

  function section(one) {
    const plain = one.actions.filter(action => !action.folded && !action.note && action.fields.length === 0);
    return el("section", { "aria-labelledby": `${uid}-${one.name}`, "data-section": one.name },
      el("h2", { id: `${uid}-${one.name}`, text: one.title }),
      ...one.lines.map(text => el("p", { text })),
      (one.links.length > 0 || plain.length > 0) && el("div", { class: "row" },
        ...one.links.map(link => el("a", { class: link.main ? "button main" : "button", href: to(link.href), target: "_blank", rel: "noopener", text: link.label })),
        ...plain.map(doing)),
      ...one.tables.map(table),
      ...one.actions.filter(action => !plain.includes(action)).map(doing));
  }

  function draw() {
    const held = !dialog?.open && root.contains(document.activeElement) ? document.activeElement.dataset?.key : null;
    root.lang = page.html_lang;
    const parts = [
      el("header", {}, el("div", {}, el("h1", { text: page.title }), page.lead && el("p", { class: "muted", text: page.lead })),
        page.languages.length > 0 && el("div", { class: "languages", role: "group" }, ...page.languages.map(([lang, name]) =>
          el("button", { type: "button", "data-key": "lang-" + lang, lang, "aria-pressed": String(lang === page.lang), disabled: gone || busy, text: name, onclick: () => ask("language", { lang }) })))),
      gone && el("p", { class: "banner", role: "alert", text: "✗ " + page.words.gone }),
      el("p", { class: "status", role: "status", text: busy ? page.words.working : "" }),
      page.facts.length > 0 && el("dl", { class: "facts" }, ...page.facts.map(([number, what]) => el("div", {}, el("dt", { text: what }), el("dd", { text: number })))),
      ...page.sections.map(section),
    ].filter(Boolean);
    for (const child of [...root.children]) if (child !== dialog) child.remove();
    if (dialog) dialog.before(...parts); else root.append(...parts);
    if (held) root.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  }

  const beat = setInterval(() => { if (!busy) ask("ping", {}, null, 8000); }, BEAT);
  const look = () => { if (document.visibilityState === "visible" && !done && !busy) ask("look"); };
  document.addEventListener("visibilitychange", look);
  draw();
  ask("look", {}, null, 8000);
  return () => {
    done = true;
    clearInterval(beat);
    close();
    document.removeEventListener("visibilitychange", look);
    urls.forEach(url => URL.revokeObjectURL(url));
  };
}
export default { render };
