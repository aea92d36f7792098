// The form in the page: native controls drawn from data, every change sent and acknowledged.
// No sentence stands here: all come as data, already in the reader's language.

const WAIT = 250; // milliseconds after the last keystroke until it is sent
const PATIENCE = 5000; // without an acknowledgement for so long, nothing counts as saved
const BEAT = 15000;
const FRESH = 3000; // younger unsaved text may belong to a window that is still typing
const ROW = 4; // up to so many options stand open; more go into a list

const filled = (text, values = {}) =>
  Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text ?? "");

// Markdown that the workbook's own code has turned into HTML, tags and scripts escaped.
function trusted(html, name) {
  const node = el("div", { class: name });
  node.innerHTML = html;
  for (const link of node.querySelectorAll("a")) link.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const table of node.querySelectorAll("table")) {
    const scroll = el("div", { class: "kam-scroll", tabindex: "0" });
    table.replaceWith(scroll);
    scroll.append(table);
  }
  return node;
}

const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const copy = (value) => JSON.parse(JSON.stringify(value ?? {}));

// Equal as JSON, in whatever order the names stand.
function same(a, b) {
  const sorted = (value) =>
    Array.isArray(value) ? value.map(sorted)
      : plain(value) ? Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
        : value;
  return JSON.stringify(sorted(a ?? {})) === JSON.stringify(sorted(b ?? {}));
}

function get(record, path) {
  return path.reduce((at, name) => (at !== null && typeof at === "object" ? at[name] : undefined), record);
}

function put(record, path, value) {
  let at = record;
  path.slice(0, -1).forEach((name, place) => {
    if (at[name] === null || typeof at[name] !== "object") at[name] = Number.isInteger(path[place + 1]) ? [] : {};
    at = at[name];
    // No holes: they would come out as null.
    if (Array.isArray(at)) for (let n = at.length; n < path[place + 1]; n++) at[n] = {};
  });
  at[path.at(-1)] = value;
}

const list = (value) => (Array.isArray(value) ? value : []);
const typed = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");

function told(rows, nothing) {
  if (!rows.length) return el("p", { text: nothing });
  const shown = el("dl", { class: "kam-rows" });
  if (rows.every(([label]) => !label)) return el("div", {}, ...rows.map(([, value]) => el("p", { text: value })));
  if (rows.every(([label]) => /^\d+$/.test(label))) return el("ol", { class: "kam-why" }, ...rows.map(([, value]) => el("li", { text: value })));
  let last = null;
  for (const [label, value] of rows) {
    if (label !== last) shown.append(el("dt", { text: label }));
    last = label;
    shown.append(el("dd", { text: value }));
  }
  return shown;
}

// What could not be saved waits in the browser's own store, one entry a window, until it could.
const drafts = {
  all(prefix) {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const name = localStorage.key(i);
        if (!name.startsWith(`${prefix}:`)) continue;
        try {
          const draft = JSON.parse(localStorage.getItem(name));
          if (plain(draft) && plain(draft.response)) found.push({ ...draft, name });
        } catch { /* not ours */ }
      }
    } catch { /* a browser without a store */ }
    return found.sort((a, b) => b.at - a.at);
  },
  keep(name, draft) {
    try { localStorage.setItem(name, JSON.stringify(draft)); } catch { /* full or forbidden */ }
  },
  drop(name) {
    try { localStorage.removeItem(name); } catch { /* forbidden */ }
  },
};

function render({ model, el: host }) {
  const words = model.get("words"), asked = model.get("question"), prefix = model.get("keep");
  const say = (name, values) => filled(words[name], values);
  const me = `w${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  const draftName = `${prefix}:${me}`;
  let stored = model.get("stored");
  let response = copy(stored.response), seen = stored.revision || 0;
  let seq = 0, acked = 0, lastSave = 0, timer = null, waiting = null, silent = false;
  let dirty = false, failed = stored.error || "", when = stored.saved, conflict = null;
  let errors = stored.errors || {}, hints = 0, adopted = null, closed = false, ids = 0;
  const id = () => `${me}-${ids++}`;
  const notes = new Map();

  // The skeleton: question, controls, one line of status, buttons, what was answered to them.
  const titleId = id();
  const prompt = trusted(asked.prompt, "kam-prompt");
  const trouble = el("div", {}), controls = el("div", {}), results = el("div", {});
  const complete = el("p", { class: "kam-complete" });
  const status = el("p", { class: "kam-status" });
  const notice = el("p", { class: "kam-note", role: "alert", hidden: true });
  const heard = el("div", { class: "kam-heard", "aria-live": "polite" });
  const buttons = el("div", { class: "kam-buttons" });
  const box = el("section", {
    class: "kam-form", lang: model.get("lang"), "aria-labelledby": titleId, "data-item": asked.id,
    tabindex: "-1", "data-jp-suppress-context-menu": "true",
  },
    el("h3", { id: titleId }, asked.title, " ", el("span", { class: "kam-points", text: `· ${asked.points}` })),
    prompt, trouble, controls, asked.note ? el("p", { class: "kam-help kam-private", text: asked.note }) : null,
    el("div", { class: "kam-foot" }, complete, status, notice, buttons, results, heard));

  // Saving ------------------------------------------------------------------------------------

  function send(kind, extra = {}) {
    seq += 1;
    try {
      model.send({ kind, seq, window: me, seen, ...extra });
    } catch {
      silent = true;
      show();
      return;
    }
    waiting ??= setTimeout(() => { waiting = null; silent = true; show(); }, PATIENCE);
  }

  function flush() {
    clearTimeout(timer);
    timer = null;
    if (!dirty || conflict) return;
    send("save", { response: copy(response) });
    lastSave = seq;
    show();
  }

  function remember() {
    drafts.keep(draftName, { response, seen, at: Date.now(), closed });
  }

  function changed() {
    dirty = true;
    failed = "";
    remember();
    results.querySelector(".kam-result")?.dispatchEvent(new Event("outdated"));
    clearTimeout(timer);
    timer = setTimeout(flush, WAIT);
    show();
  }

  function change(path, value) {
    put(response, path, value);
    changed();
  }

  function saved(answer) {
    seen = answer.revision;
    when = answer.saved;
    if (answer.ack >= lastSave && !timer) {
      dirty = false;
      failed = "";
      drafts.drop(draftName);
      if (adopted) { drafts.drop(adopted); adopted = null; }
    }
  }

  // The status line: what it says is always so.
  function show() {
    let state = "blank", text = say("blank");
    if (silent) {
      state = dirty ? "unsaved" : "offline";
      text = dirty ? `${say("lost")} · ${say("lost_more")}` : when ? say("offline", { time: when }) : say("offline_blank");
    } else if (conflict) [state, text] = ["unsaved", conflict.error];
    else if (failed) [state, text] = ["unsaved", failed];
    else if (dirty) [state, text] = ["saving", say("saving")];
    else if (when) [state, text] = ["saved", say("saved", { time: when })];
    const bad = state === "unsaved" || state === "offline";
    const line = `${{ saved: "✓ ", unsaved: "✗ ", offline: "✗ " }[state] ?? ""}${text}`;
    if (status.textContent === line) return;
    if (bad) status.setAttribute("role", "alert");
    else status.removeAttribute("role");
    status.dataset.state = state;
    status.textContent = line;
  }

  function progress(found) {
    complete.hidden = !found;
    if (!found) return;
    complete.dataset.state = found.state;
    complete.replaceChildren(el("strong", { text: `${found.sign} ${found.word}` }));
    if (found.lacks.length) complete.append(" · ", found.lacks.join(" "));
  }

  function said(text) {
    if (!text) return;
    notice.textContent = `! ${text}`;
    notice.hidden = false;
  }

  function mark() {
    for (const [path, { control, note }] of notes) {
      // Who is still typing is not told yet that it cannot be read.
      const wrong = control === document.activeElement && note.hidden ? "" : errors[path];
      note.hidden = !wrong;
      note.textContent = wrong ? `✗ ${wrong}` : "";
      if (wrong) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }

  function take(entry) {
    stored = entry;
    response = copy(entry.response);
    seen = entry.revision;
    when = entry.saved;
    errors = entry.errors || {};
    dirty = false;
    failed = "";
    drafts.drop(draftName);
    if (adopted) { drafts.drop(adopted); adopted = null; }
    progress(entry.complete);
    draw();
    show();
  }

  const idle = () => !dirty && !timer && !conflict && !controls.contains(document.activeElement);

  function hear(answer) {
    if (!plain(answer) || answer.window !== me) return; // another window on the same notebook
    acked = Math.max(acked, answer.ack ?? 0);
    clearTimeout(waiting);
    waiting = null;
    if (acked < seq) waiting = setTimeout(() => { waiting = null; silent = true; show(); }, PATIENCE);
    const back = silent;
    silent = false;
    if (answer.conflict) choose({ ...answer.conflict, error: answer.error });
    else if (answer.error) failed = answer.error;
    else if (answer.revision !== undefined) saved(answer);
    else if (!dirty && !answer.hint && !answer.solution) failed = "";
    if (answer.errors) { errors = answer.errors; mark(); }
    if (answer.complete) progress(answer.complete);
    if (answer.newer && idle() && !same(answer.newer.response, response)) take(answer.newer);
    said(answer.notice);
    if (answer.result) outcome(answer.result);
    if (answer.hint) hinted(answer.hint);
    if (answer.solution) solved(answer.solution);
    if (answer.may_show) more.hidden = solvedBox.isConnected;
    show();
    if (back && dirty && answer.revision === undefined && !answer.error) flush();
  }

  // Two windows: both answers are shown, and the reader chooses.
  function choose(other) {
    conflict = other;
    failed = "";
    const finish = (act) => () => {
      conflict = null;
      trouble.replaceChildren();
      act();
    };
    const keep = () => {
      // What this window has seen stays as it was, so that the other answer is known to be another.
      send("keep", { response: copy(response) });
      lastSave = seq;
      show();
    };
    const letGo = () => {
      const mine = copy(response);
      take(other);
      trouble.replaceChildren(el("p", {}, el("button", {
        type: "button", text: say("bring_back"),
        onclick: () => { trouble.replaceChildren(); response = copy(mine); draw(); changed(); },
      })));
    };
    const titled = (title, rows) => el("div", {}, el("p", { class: "kam-heading", text: title }), told(rows, say("nothing")));
    trouble.replaceChildren(el("div", { class: "kam-conflict", role: "alert" },
      el("p", { class: "kam-heading", text: `! ${say("conflict")}` }),
      el("div", { class: "kam-both" },
        titled(`${say("theirs")}${other.saved ? ` · ${other.saved}` : ""}`, other.theirs), titled(say("mine"), other.mine)),
      el("div", { class: "kam-buttons" },
        el("button", { type: "button", text: say("keep_mine"), onclick: finish(keep) }),
        el("button", { type: "button", text: say("take_theirs"), onclick: finish(letGo) }))));
  }

  // What was typed and never acknowledged comes back.
  function recover() {
    if (dirty || conflict) return;
    const open = drafts.all(prefix).filter((draft) =>
      draft.name !== draftName && (draft.closed || Date.now() - draft.at > FRESH));
    for (const draft of open) {
      if (same(draft.response, response)) { drafts.drop(draft.name); continue; }
      adopted = draft.name;
      response = copy(draft.response);
      seen = draft.seen ?? 0;
      draw();
      said(say("restored"));
      dirty = true;
      flush();
      return;
    }
  }

  // Controls ------------------------------------------------------------------------------------

  const aside = (part) => (part.optional ? el("span", { class: "kam-aside", text: ` (${say("optional")})` }) : null);

  function described(part, control, path) {
    const note = el("p", { class: "kam-error", id: id(), hidden: true });
    const help = part.help ? el("p", { class: "kam-help", id: id(), text: part.help }) : null;
    control.setAttribute("aria-describedby", [help?.id, note.id].filter(Boolean).join(" "));
    notes.set(path.join("/"), { control, note });
    control.addEventListener("blur", () => { if (timer) flush(); setTimeout(mark); });
    return { note, help };
  }

  function options(kind, part, path, row) {
    const name = id();
    const value = get(response, path);
    const group = el("fieldset", {}, el("legend", {}, part.label, aside(part)));
    if (part.help) group.append(el("p", { class: "kam-help", text: part.help }));
    const holder = row ? el("div", { class: row }) : group;
    for (const [key, text] of part.options) {
      const input = el("input", {
        type: kind, name, value: key, checked: kind === "radio" ? value === key : list(value).includes(key),
        onchange: () => change(path, kind === "radio" ? key
          : [...group.querySelectorAll("input:checked")].map((one) => one.value)),
        onblur: () => { if (timer) flush(); },
      });
      holder.append(el("label", { class: "kam-option" }, input, el("span", { text })));
    }
    if (row) group.append(holder);
    return group;
  }

  const short = (part) => part.options.every(([, text]) => text.length <= 24);

  const kinds = {
    radio: (part, path) => options("radio", part, path, null),
    checks: (part, path) => options("checkbox", part, path, part.dense ? "kam-two" : null),

    pick(part, path) {
      if (part.options.length <= ROW) return options("radio", part, path, short(part) ? "kam-row" : null);
      const control = el("select", { id: id() }, el("option", { value: "", text: say("choose") }));
      const value = typed(get(response, path));
      for (const [key, text] of part.options) control.append(el("option", { value: key, text, selected: key === value }));
      const chosen = el("p", { class: "kam-chosen", hidden: true });
      const full = () => {
        const text = part.options.find(([key]) => key === control.value)?.[1] ?? "";
        chosen.textContent = text;
        // A closed list cuts what is too long for it: then all of it stands below.
        const pen = document.createElement("canvas").getContext("2d");
        pen.font = getComputedStyle(control).font;
        chosen.hidden = !text || pen.measureText(text).width < control.clientWidth - 44;
      };
      new ResizeObserver(full).observe(control);
      control.addEventListener("change", () => { full(); change(path, control.value); });
      const { note, help } = described(part, control, path);
      return el("div", { class: "kam-field" },
        el("label", { class: "kam-label", for: control.id }, part.label, aside(part)), help, control, chosen, note);
    },

    input(part, path, mode) {
      const control = el("input", { type: "text", id: id(), inputmode: mode, autocomplete: "off", value: typed(get(response, path)) });
      control.addEventListener("input", () => change(path, control.value));
      const { note, help } = described(part, control, path);
      let row = control;
      if (part.suffix) {
        const suffix = el("span", { id: id(), text: part.suffix });
        control.setAttribute("aria-describedby", `${suffix.id} ${control.getAttribute("aria-describedby")}`);
        row = el("div", { class: "kam-measure" }, control, suffix);
      } else if (mode === "decimal" && path.length === 1) row = el("div", { class: "kam-measure" }, control);
      return el("div", { class: "kam-field" },
        el("label", { class: "kam-label", for: control.id }, part.label, aside(part)), help, row, note);
    },
    number: (part, path) => kinds.input(part, path, "decimal"),
    date: (part, path) => kinds.input(part, path, "text"),

    long(part, path) {
      const control = el("textarea", { id: id(), rows: part.rows, value: typed(get(response, path)) });
      control.addEventListener("input", () => change(path, control.value));
      const { note, help } = described(part, control, path);
      const field = el("div", { class: "kam-field" });
      if (part.criteria?.length) {
        field.append(el("p", { class: "kam-heading", text: part.criteria_label }),
          el("ul", { class: "kam-criteria" }, ...part.criteria.map((text) => el("li", { text }))));
      }
      field.append(...[el("label", { class: "kam-label", for: control.id }, part.label, aside(part)), help, control, note].filter(Boolean));
      return field;
    },

    lines(part, path) {
      const rows = part.lines.map((label, place) => {
        const control = el("input", { type: "text", autocomplete: "off", "aria-label": label, value: typed(list(get(response, path))[place]) });
        control.addEventListener("input", () => {
          const all = part.lines.map((_, n) => typed(list(get(response, path))[n]));
          all[place] = control.value;
          change(path, [...all, ...list(get(response, path)).slice(all.length)]);
        });
        control.addEventListener("blur", () => { if (timer) flush(); });
        return el("li", {}, el("span", { text: String(place + 1), "aria-hidden": "true" }), control);
      });
      return el("fieldset", {}, el("legend", { text: part.label }), el("ol", { class: "kam-lines" }, ...rows));
    },

    order(part, path) {
      const names = new Map(part.options);
      const given = () => list(get(response, path)).filter((key) => names.has(key));
      let order = [...new Set([...given(), ...names.keys()])];
      const group = el("fieldset", {}, el("legend", { text: part.label }));
      const open = el("div", {}, el("p", { class: "kam-help", text: say("unordered") }));
      const rows = el("ol", { class: "kam-order" });
      const nodes = new Map();
      const arrange = () => {
        const none = !given().length;
        rows.classList.toggle("kam-open", none);
        open.hidden = none === false;
        keep.hidden = none === false;
        order.forEach((key, place) => {
          const { node, up, down, at } = nodes.get(key);
          if (rows.children[place] !== node) rows.insertBefore(node, rows.children[place] ?? null);
          at.textContent = none ? "–" : String(place + 1);
          up.setAttribute("aria-disabled", String(place === 0));
          down.setAttribute("aria-disabled", String(place === order.length - 1));
        });
      };
      const move = (key, step, button) => {
        const from = order.indexOf(key), to = from + step;
        if (to < 0 || to >= order.length) return;
        order.splice(to, 0, ...order.splice(from, 1));
        change(path, [...order]);
        arrange();
        button.focus();
        heard.textContent = say("moved", { label: names.get(key), n: to + 1, total: order.length });
      };
      for (const [key, text] of part.options) {
        const at = el("span", { class: "kam-place" });
        const up = el("button", { type: "button", class: "kam-icon", text: "↑", "aria-label": say("up", { label: text }) });
        const down = el("button", { type: "button", class: "kam-icon", text: "↓", "aria-label": say("down", { label: text }) });
        up.addEventListener("click", () => move(key, -1, up));
        down.addEventListener("click", () => move(key, 1, down));
        nodes.set(key, { node: el("li", {}, at, el("span", { class: "kam-text", text }), up, down), up, down, at });
      }
      const keep = el("button", {
        type: "button", text: say("keep_order"),
        onclick: () => { change(path, [...order]); arrange(); flush(); nodes.get(order[0]).down.focus(); },
      });
      arrange();
      group.append(open, rows, keep);
      return group;
    },

    table(part, path) {
      const group = el("fieldset", {}, el("legend", { text: part.label }));
      const body = el("div", {});
      // Of a long table only the rows show that are new, wrong or opened; of the others who they are.
      const given = list(get(response, path)), long = part.columns.length > 5 && given.length > 3;
      const folded = new Set(long ? given.keys() : []);
      for (const name of Object.keys(errors)) folded.delete(Number(name.split("/")[path.length]));
      const value = (n, { kind, options, path: own }) => {
        const held = typed(get(response, [...path, n, ...own]));
        return kind === "pick" ? options.find(([option]) => option === held)?.[1] : held;
      };
      const called = n => part.columns.slice(0, 3).map(column => value(n, column)).filter(Boolean).join(" · ").slice(0, 80);
      const all = el("button", { type: "button", class: "kam-plain", text: say("open_rows"), onclick: () => {
        folded.clear();
        rows();
        body.querySelector("input, textarea, select")?.focus();
      } });
      const count = () => Math.max(list(get(response, path)).length, part.min);
      let shown = count();
      const full = el("p", { class: "kam-help", text: say("rows_full", { n: part.max }) });
      const add = el("button", { type: "button", text: say("add_row"), onclick: () => {
        shown += 1;
        rows();
        body.lastElementChild.querySelector("input, textarea, select")?.focus();
      } });
      const rows = () => {
        for (const name of [...notes.keys()]) if (name.startsWith(`${path.join("/")}/`)) notes.delete(name);
        body.replaceChildren();
        for (let n = 0; n < shown; n++) {
          const remove = el("button", { type: "button", class: "kam-plain kam-remove", text: say("remove_row", { n: n + 1 }), onclick: () => {
            const left = list(get(response, path)).filter((_, place) => place !== n);
            const still = [...folded].filter(place => place !== n).map(place => place > n ? place - 1 : place);
            folded.clear();
            still.forEach(place => folded.add(place));
            shown = Math.max(shown - 1, part.min);
            change(path, left);
            rows();
            (body.children[Math.min(n, shown - 1)]?.querySelector("input, textarea, select") ?? add).focus();
          } });
          const cells = el("div", { class: "kam-cells" });
          for (const column of part.columns) {
            const at = [...path, n, ...column.path];
            cells.append(kinds[column.kind](column, at));
          }
          const bare = shown <= part.min && part.min === 1;
          const name = long ? called(n) : "";
          const fold = long && el("button", { type: "button", class: "kam-plain kam-fold", "aria-expanded": String(!folded.has(n)),
            text: say(folded.has(n) ? "open_row" : "fold_row", { n: n + 1 }), onclick: () => {
              if (!folded.delete(n)) folded.add(n);
              cells.hidden = folded.has(n);
              fold.textContent = say(cells.hidden ? "open_row" : "fold_row", { n: n + 1 });
              fold.setAttribute("aria-expanded", String(!cells.hidden));
            } });
          cells.hidden = folded.has(n);
          body.append(el("fieldset", { class: "kam-card" }, el("legend", { text: say("row", { n: n + 1 }) + (name && `: ${name}`) }), bare ? null : remove, fold || null, cells));
        }
        all.hidden = !folded.size;
        add.hidden = shown >= part.max;
        full.hidden = shown < part.max;
        mark();
      };
      rows();
      group.append(all, body, add, full);
      return group;
    },

    scene: (part, path) => drawScene(part, {
      say, id,
      path: () => list(get(response, path)),
      plays: () => list(response.plays),
      change(now, plays) {
        if (plays.length) response.plays = plays;
        change(path, now);
      },
      over(is) { check.hidden = !is; }, // what has not come to its end has nothing to check
    }),
  };

  function draw() {
    notes.clear();
    controls.replaceChildren(...asked.parts.map((part) => {
      const drawn = kinds[part.kind](part, part.path);
      if (part.ends || (asked.parts.length > 1 && ["pick", "checks"].includes(asked.parts[0].kind))) drawn.classList.add("kam-grid");
      return drawn;
    }));
    disagreeing();
    mark();
  }

  // Practice ------------------------------------------------------------------------------------

  const hintBox = el("div", { "aria-live": "polite" }), resultBox = el("div", { "aria-live": "polite" });
  const solvedBox = el("div", { class: "kam-box", role: "status" });
  const disagreement = el("div", {});
  results.append(hintBox, resultBox, disagreement);

  const check = el("button", { type: "button", class: "kam-main", text: say("check"), onclick: () => {
    if (conflict) return;
    clearTimeout(timer);
    timer = null;
    send("check", { response: copy(response) });
    lastSave = seq;
    show();
  } });
  const hint = el("button", { type: "button", text: say("hint"), onclick: () => send("hint", { n: hints }) });
  const more = el("button", { type: "button", text: say("solution"), hidden: true, onclick: () => send("solution") });
  if (asked.use === "practice") {
    buttons.append(check);
    if (asked.hints) buttons.append(hint);
    buttons.append(more);
    more.hidden = !stored.may_show;
  } else buttons.hidden = true;

  function outcome(found) {
    const old = el("p", { text: say("earlier"), hidden: true });
    const shown = el("div", { class: "kam-box kam-result", "data-outcome": found.outcome },
      el("p", { class: "kam-verdict", text: `${found.sign} ${found.word}` }), old,
      el("ul", { class: "kam-why" }, ...found.why.map((text) => el("li", { text }))));
    shown.addEventListener("outdated", () => { old.hidden = false; shown.classList.add("kam-old"); });
    resultBox.replaceChildren(shown);
    if (found.outcome !== "not_attempted") disagreeing(asked.disagree === "after_check");
  }

  function hinted(found) {
    if (found.n <= hints) return;
    hints = found.n;
    hintBox.append(el("div", { class: "kam-box" },
      el("p", { class: "kam-heading", text: say("hint_n", { n: found.n, total: asked.hints }) }), trusted(found.html, "")));
    const left = asked.hints - hints;
    hint.textContent = left ? say("hint_next", { n: left }) : say("hint");
    if (!left) { if (document.activeElement === hint) (check.hidden ? box : check).focus(); hint.hidden = true; }
  }

  function solved(found) {
    solvedBox.replaceChildren(el("p", { class: "kam-heading", text: say("solution_title") }),
      told(found.rows, say("nothing")), trusted(found.why, ""));
    results.insertBefore(solvedBox, disagreement);
    if (document.activeElement === more) (check.hidden ? box : check).focus();
    more.hidden = true;
  }

  // What the trainee objects travels in the answer, under a name that marking does not look at.
  let objecting = asked.disagree === "always";
  function disagreeing(now = objecting) {
    objecting = now || objecting;
    const text = typed(response.disagree);
    if (!objecting && !text) { disagreement.replaceChildren(); return; }
    const part = { label: say("disagree_label"), rows: 3 };
    if (text || disagreement.querySelector("textarea")) {
      if (disagreement.contains(document.activeElement)) return;
      disagreement.replaceChildren(kinds.long(part, ["disagree"]));
      return;
    }
    disagreement.replaceChildren(el("button", { type: "button", class: "kam-plain", text: say("disagree"), onclick: () => {
      disagreement.replaceChildren(kinds.long(part, ["disagree"]));
      disagreement.querySelector("textarea").focus();
    } }));
  }

  // The page around -------------------------------------------------------------------------------

  for (const event of ["keydown", "keypress", "keyup"]) box.addEventListener(event, (key) => {
    key.stopPropagation(); // a letter typed here is no command to the notebook
    if (event === "keydown" && (key.ctrlKey || key.metaKey) && key.key.toLowerCase() === "s") {
      key.preventDefault();
      if (dirty) flush();
      else send("ping");
    }
  });
  const leave = () => {
    if (!dirty) return;
    closed = true;
    remember();
    closed = false;
    flush();
  };
  const turn = () => { if (document.visibilityState === "hidden") leave(); else send("ping"); };
  const other = () => {
    const entry = model.get("stored");
    if (entry.window !== me && entry.revision > seen && idle()) take(entry);
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", turn);
  model.on("msg:custom", hear);
  model.on("change:stored", other);
  const beat = setInterval(() => { if (dirty && !timer && !conflict) flush(); else if (!dirty) send("ping"); }, BEAT);

  draw();
  progress(stored.complete);
  said(stored.notice);
  show();
  host.append(box);
  recover();
  if (!dirty) send("ping");
  const again = setTimeout(recover, FRESH + 1000);

  return () => {
    leave();
    clearInterval(beat);
    for (const one of [timer, waiting, again]) clearTimeout(one);
    window.removeEventListener("pagehide", leave);
    document.removeEventListener("visibilitychange", turn);
    model.off("msg:custom", hear);
    model.off("change:stored", other);
  };
}

export default { render };
