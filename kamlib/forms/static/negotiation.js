// Draws the table: what was said, what can be said, the offer, the days; afterwards the debrief.
// Every word comes from `page`. The only HTML is that of the pictures, which kamlib draws.
const WAIT = 60000, BEAT = 15000, TYPING = 700;

function render({ model, el: host }) {
  let page = model.get("page"), gone = false, busy = false, done = false, error = "", leaving = false;
  const uid = "kamt" + Math.random().toString(36).slice(2);
  const chosen = new Set(), folds = new Map([["facts", true]]), typed = new Map(), timers = new Map(), marks = new Map();
  const quiet = { "data-lm-suppress-shortcuts": "true" };
  const root = el("div", { class: "kam-start kam-table", ...quiet });
  host.append(root);
  root.addEventListener("keydown", event => event.stopPropagation());

  const { ask, close } = asking(model, {
    wait: WAIT,
    lost() { busy = false; if (!gone && !done) { gone = true; for (const name of typed.keys()) mark(name, "not_saved"); draw(); } },
    heard(told, buffers, then) {
      const back = gone;
      gone = false;
      if (told.page) page = told.page;
      if (then) then(told);
      draw();
      if (back) for (const place of [...typed.keys()]) keep(place);
    },
  });

  const words = name => page.words[name];
  const filled = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`{${name}}`, value), text);
  // Where the focus goes when what had it is gone: to what was said last.
  function act(kind, more = {}, after = null) {
    if (busy || gone) return;
    busy = true;
    error = "";
    draw();
    ask(kind, { play: page.play, ...more }, told => {
      busy = false;
      error = told.error ?? "";
      leaving = false;
      if (!error && after) after();
    });
  }
  // On a narrow page the answer stands far from the button that asked for it.
  const answered = () => setTimeout(() => root.querySelector(".talk > :last-child")?.scrollIntoView({ block: "nearest" }));
  const move = (one, after) => act("move", { at: page.moves, move: one }, () => { if (after) after(); answered(); });
  const button = (key, text, onclick, style = "", more = {}) =>
    el("button", { type: "button", class: style || null, "data-key": key, disabled: gone || busy, text, onclick, ...more });

  function top() {
    const list = page.plays.length > 1 && el("div", { class: "field plays" },
      el("label", { for: uid + "plays", text: words("plays") }),
      select(uid + "plays", "plays", page.plays.map(one => one.label), page.plays.findIndex(one => one.number === page.play),
        place => act("choose", { to: page.plays[place].number })));
    return el("header", {},
      el("div", { class: "who" }, el("h2", { id: uid, tabindex: "-1", text: page.title }), el("p", { class: "muted", text: page.note })),
      list,
      el("div", { class: "days" }, el("p", { class: "num", text: page.days }),
        el("div", { class: "bar", role: "img", "aria-label": page.days }, el("span", { style: `width:${Math.round(100 * page.passed)}%` }))));
  }
  function select(id, key, options, at, onchange) {
    const made = el("select", { id, "data-key": key, disabled: gone || busy, onchange: event => onchange(event.target.selectedIndex) },
      ...options.map(text => el("option", { text })));
    made.selectedIndex = at;
    return made;
  }

  // What was said.
  function talk() {
    const said = el("div", { class: "talk", role: "log", "aria-live": "polite", "aria-labelledby": uid + "talk", tabindex: "0", "data-key": "talk" },
      ...page.lines.map(one => el("p", { class: "line " + one.who },
        el("span", { class: "name" }, el("strong", { text: one.name }), el("small", { class: "muted num", text: one.day })), el("span", { text: one.text }))),
      page.ended && el("p", { class: "ended", text: page.ended }));
    return el("section", { class: "middle", "aria-labelledby": uid + "talk" }, el("h3", { id: uid + "talk", text: words("transcript") }), said,
      el("p", { class: error ? "error" : "status", role: error ? "alert" : "status", text: error ? "✗ " + error : busy ? words("working") : "" }));
  }

  // What can be said.
  function fold(name, count, ...inside) {
    const one = el("details", { ontoggle: event => folds.set(name, event.target.open) },
      el("summary", { "data-key": "fold-" + name, ...quiet, text: `${words(name)} (${count})` }), ...inside);
    one.open = folds.get(name) ?? false;
    return one;
  }
  const used = one => one.used && el("small", { class: "muted used", text: "✓ " + words("used") });
  function card(one) {
    const on = chosen.has(one.id);
    return button("fact-" + one.id, "", () => { on ? chosen.delete(one.id) : chosen.add(one.id); draw(); },
      "card" + (one.used ? " turned" : ""), { "aria-pressed": String(on), text: null });
  }
  function facts() {
    const cards = page.facts.map(one => {
      const made = card(one);
      made.append(el("small", { class: "num", text: (chosen.has(one.id) ? "☑ " : "☐ ") + one.id }), el("span", { text: one.text }), used(one) || "");
      return el("li", {}, made);
    });
    const picked = page.facts.filter(one => chosen.has(one.id)).map(one => one.id);
    return fold("facts", page.facts.length,
      el("p", { class: "muted", text: words("facts_help") }), el("ul", { class: "cards", "data-scroll": "facts" }, ...cards),
      button("show", filled(words("show"), { n: picked.length }), () => picked.length && move({ do: "show", facts: picked }, () => chosen.clear()), "main wide",
        { "aria-disabled": picked.length ? null : "true" }));
  }
  function said(name, list, doing) {
    return fold(name, list.length, el("ul", { class: "cards", "data-scroll": name }, ...list.map(one => {
      const made = button(`${name}-${one.id}`, "", () => move(doing(one)), "card" + (one.used ? " turned" : ""), { text: null });
      made.append(el("span", { text: one.text }), used(one) || "");
      return el("li", {}, made);
    })));
  }
  function left() {
    return el("section", { class: "left", "aria-labelledby": uid + "left" }, el("h3", { id: uid + "left", text: words("left") }),
      page.facts.length > 0 && facts(),
      said("sentences", page.sentences, one => one.move),
      said("questions", page.questions, one => ({ do: "ask", about: one.id })));
  }

  // The offer.
  const draft = more => act("draft", { approval: page.approval, ...more });
  function right() {
    const fields = page.issues.map(one => el("div", { class: "field" + (one.chosen === one.today ? "" : " changed") },
      el("label", { for: uid + one.id, text: one.label }),
      select(uid + one.id, "issue-" + one.id, one.options.map((text, at) => at === one.today && at !== one.chosen ? `${text} (${words("today")})` : text), one.chosen,
        place => draft({ places: { [one.id]: place } }))));
    const beyond = page.beyond.rows.length > 0 && el("div", { class: "beyond" },
      ...page.beyond.rows.map(one => el("p", { text: "△ " + one.text })), approval(),
      Object.keys(page.beyond.wishes).length > 0 && button("office", words("office"), () => move({ do: "head_office", wishes: page.beyond.wishes }), "wide"));
    return el("section", { class: "right", "aria-labelledby": uid + "offer" },
      el("h3", { id: uid + "offer", text: words("offer") }),
      agreed(),
      el("div", { class: "issues" }, ...fields),
      el("dl", { class: "costs" }, ...page.costs.map(one => el("div", { class: one.strong ? "strong" : null }, el("dt", { text: one.label }), el("dd", { class: "num", text: one.value })))),
      beyond, ...page.granted.map(text => el("p", { class: "granted", text })),
      button("offer", words("make"), () => move({ do: "offer" }), "main wide"),
      leaving
        ? el("div", { class: "leaving" }, el("p", { text: words("leave_sure") }),
          el("div", { class: "row" }, button("back", words("back"), () => { leaving = false; draw(); }), button("leave-now", words("leave_now"), () => move({ do: "leave" }), "danger")))
        : button("leave", words("leave"), () => { leaving = true; draw(); root.querySelector("[data-key='back']")?.focus(); }, "wide"));
  }
  function approval() {
    const box = el("input", { type: "checkbox", "data-key": "approval", disabled: gone || busy, onchange: event => draft({ approval: event.target.checked }) });
    box.checked = page.approval;
    return el("label", { class: "check" }, box, el("span", { text: words("approval") }));
  }
  function agreed() {
    const one = page.agreed;
    return one && el("div", { class: "agreed" }, el("h4", { text: words("agreed") }),
      el("ul", {}, ...one.rows.map(text => el("li", { text }))), el("p", { text: one.worth }),
      one.pending && el("p", { text: "△ " + one.pending }),
      el("div", { class: "row" }, button("sign", words("sign"), () => move({ do: "sign" }), "main"), button("take", words("take_over"), () => draft({ take: true }))));
  }

  // Afterwards.
  const boxes = new Map();
  function mark(place, state, more = "") {
    marks.set(place, [state, more]);
    const line = boxes.get(place)?.querySelector(".mark");
    if (!line) return;
    line.textContent = state === "not_saved" && more ? more : state ? filled(words(state), { time: more }) : "";
    line.dataset.state = state;
  }
  function keep(place) {
    clearTimeout(timers.get(place));
    timers.delete(place);
    const own = place.split("/"), text = typed.get(place);
    if (text === undefined || gone) return;
    mark(place, "saving");
    ask("say", { play: Number(own[0]), place: Number(own[1]), text }, told => {
      if (told.error) { mark(place, "not_saved", told.error); return; }
      if (typed.get(place) === text) typed.delete(place);
      mark(place, "saved", new Date().toLocaleTimeString(page.html_lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
    });
  }
  function question(one, at) {
    const place = `${page.play}/${at}`;
    if (boxes.has(place)) return boxes.get(place); // never made again, so that nobody loses what is being typed
    const area = el("textarea", { id: uid + "q" + place, rows: "3", maxlength: "4000", "data-key": "say-" + at,
      oninput: event => { typed.set(place, event.target.value); clearTimeout(timers.get(place)); timers.set(place, setTimeout(() => keep(place), TYPING)); },
      onblur: () => timers.has(place) && keep(place) });
    area.value = typed.get(place) ?? one.said;
    const box = el("div", { class: "field" }, el("label", { for: uid + "q" + place, text: one.text }), area, el("p", { class: "mark muted", role: "status" }));
    boxes.set(place, box);
    mark(place, ...(marks.get(place) ?? [""]));
    return box;
  }
  function table(one) {
    return el("div", { class: "kam-scroll", tabindex: "0", role: "region", "aria-label": words("colleagues") }, el("table", {},
      el("thead", {}, el("tr", {}, ...one.head.map((text, at) => el("th", { scope: "col", class: one.rows[0]?.[at]?.number ? "num" : null, text })))),
      el("tbody", {}, ...one.rows.map((row, at) => el("tr", { class: at ? null : "own" }, ...row.map((cell, place) =>
        el(place ? "td" : "th", { class: cell.number ? "num" : null, scope: place ? null : "row", "data-label": one.head[place], text: cell.text })))))));
  }
  function debrief() {
    const one = page.debrief;
    if (!one) return null;
    const scores = one.scores;
    return el("div", { class: "debrief" },
      el("section", { "aria-labelledby": uid + "before" }, el("h3", { id: uid + "before", text: words("before_scores") }), el("p", { class: "muted", text: words("before_scores_help") }),
        ...one.questions.map(question)),
      !scores && button("reveal", busy ? words("working") : words("reveal"), () => act("reveal"), "main"),
      scores && el("section", { class: "scores" },
        ...scores.deal.map(text => el("p", { text })),
        ...scores.pictures.map(picture => {
          const frame = el("figure", {}, el("figcaption", { text: picture.title }));
          const drawn = el("div", {});
          drawn.innerHTML = picture.html;
          frame.append(drawn);
          if (picture.note) frame.append(el("p", { class: "muted", text: picture.note }));
          return frame;
        }),
        el("h3", { text: scores.unused_title }),
        scores.all_used ? el("p", { text: scores.all_used }) : el("ol", { class: "unused" }, ...scores.unused.map(text => el("li", { text }))),
        el("h3", { text: scores.sides_title }), table(scores.sides), el("p", { class: "muted", text: scores.careful })));
  }
  function again() {
    return !page.open && el("div", { class: "row again" }, button("another", words("another"), () => act("new"), page.debrief?.scores ? "main" : ""), button("same", words("same"), () => act("new", { same: true })));
  }

  let drawn = "";
  function draw() {
    // The same again would take the focus, or the button from under a finger.
    const now = JSON.stringify([page.debrief ? { ...page, debrief: { ...page.debrief, questions: null } } : page, gone, busy, error, leaving, [...chosen]]);
    if (now === drawn) return;
    drawn = now;
    const held = root.contains(document.activeElement) ? document.activeElement : null, key = held?.dataset?.key;
    const caret = held?.tagName === "TEXTAREA" ? [held.selectionStart, held.selectionEnd] : null;
    const scrolls = [...root.querySelectorAll("[data-scroll]")].map(one => [one.dataset.scroll, one.scrollTop]);
    root.lang = page.html_lang;
    root.dataset.open = String(page.open);
    const parts = [top(), gone && el("p", { class: "banner", role: "alert", text: "✗ " + words("gone") }),
      page.problem && el("p", { class: "banner", role: "alert", text: "✗ " + page.problem }),
      el("div", { class: "columns" }, page.open && !page.problem && left(), talk(), page.open && !page.problem && right()), debrief(), again()].filter(Boolean);
    root.replaceChildren(...parts);
    for (const [name, at] of scrolls) { const one = root.querySelector(`[data-scroll="${name}"]`); if (one) one.scrollTop = at; }
    const said = root.querySelector(".talk");
    if (said) said.scrollTop = said.scrollHeight;
    if (key) {
      const next = root.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`) ?? (busy ? null : root.querySelector("h2"));
      if (next) { next.focus({ preventScroll: true }); if (caret && next.tagName === "TEXTAREA") next.setSelectionRange(...caret); }
      else waiting = key;
    } else if (waiting && !busy) {
      (root.querySelector(`[data-key="${CSS.escape(waiting)}"]:not(:disabled)`) ?? root.querySelector("[data-key='talk']"))?.focus({ preventScroll: true });
      waiting = "";
    }
  }
  let waiting = "";

  const look = () => { if (!busy && !done) ask("look", {}, null, 8000); };
  const beat = setInterval(look, BEAT);
  const seen = () => { if (document.visibilityState === "visible") look(); };
  document.addEventListener("visibilitychange", seen);
  draw();
  look();
  return () => {
    for (const place of [...timers.keys()]) keep(place);
    done = true;
    clearInterval(beat);
    close();
    document.removeEventListener("visibilitychange", seen);
  };
}
export default { render };
