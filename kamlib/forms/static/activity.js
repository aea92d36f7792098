// What the pages share on which something is played: one move at a time, the focus kept, old plays.
// Every word comes from `page`. The only HTML is that of the pictures, which kamlib draws.
const PATIENCE = 60000, BEAT = 15000, LOOK = 8000;

// The page of one activity. `parts(play)` gives what stands on it under its banners; it is drawn anew
// when what `seen(page)` returns, or what the page keeps for itself in `more()`, is another. Every
// `beat` milliseconds it looks, with what `looking()` returns, whether something has changed.
function playing(model, host, { style, parts, seen = page => page, more = () => [], home = "h2", beat: every = BEAT, patience = LOOK, looking = () => ({}), told = () => {}, lost = () => {}, back = () => {}, drawn = () => {} }) {
  let page = model.get("page"), gone = false, busy = false, done = false, error = "", shown = "", waiting = "";
  const uid = "kamp" + Math.random().toString(36).slice(2);
  const quiet = { "data-lm-suppress-shortcuts": "true" };
  const root = el("div", { class: "kam-start kam-play " + style, ...quiet });
  host.append(root);
  root.addEventListener("keydown", event => event.stopPropagation());

  const { ask, close } = asking(model, {
    wait: PATIENCE,
    lost() { busy = false; if (!gone && !done) { gone = true; lost(); draw(); } },
    heard(answer, buffers, then) {
      const again = gone;
      gone = false;
      if (answer.page) page = answer.page;
      if (then) then(answer, buffers);
      draw();
      if (again) back();
    },
  });

  const words = (name, values = {}) => Object.entries(values).reduce((said, [key, value]) => said.replaceAll(`{${key}}`, value), page.words[name]);
  // Nothing else can be done until this is answered; `after` is left out where it was refused.
  function act(kind, asked = {}, after = null) {
    if (busy || gone) return;
    busy = true;
    error = "";
    draw();
    ask(kind, { play: page.play, ...asked }, (answer, buffers) => {
      busy = false;
      error = answer.error ?? "";
      told(answer);
      if (!error && after) after(answer, buffers);
    });
  }

  const button = (key, text, onclick, style = "", props = {}) =>
    el("button", { type: "button", class: style || null, "data-key": key, disabled: gone || busy, text, onclick, ...props });
  function select(id, key, options, at, onchange) {
    const made = el("select", { id, "data-key": key, disabled: gone || busy, onchange: event => onchange(event.target.selectedIndex) },
      ...options.map(text => el("option", { text })));
    made.selectedIndex = at;
    return made;
  }
  // The plays there are, to look at another one.
  const plays = () => page.plays.length > 1 && el("div", { class: "field plays" },
    el("label", { for: uid + "plays", text: words("plays") }),
    select(uid + "plays", "plays", page.plays.map(one => one.label), page.plays.findIndex(one => one.number === page.play),
      place => act("choose", { to: page.plays[place].number })));
  const status = () => el("p", { class: error ? "error" : "status", role: error ? "alert" : "status", text: error ? "✗ " + error : busy ? words("working") : "" });
  function picture(one) {
    const frame = el("figure", {}, one.title && el("figcaption", { text: one.title })), drawing = el("div", {});
    drawing.innerHTML = one.html;
    frame.append(drawing);
    if (one.note) frame.append(el("p", { class: "muted", text: one.note }));
    return frame;
  }
  // Rows under headings, the first of them one's own unless told; it scrolls by itself where it is too wide.
  const table = (one, label, own = true) => el("div", { class: "kam-scroll", tabindex: "0", role: "region", "aria-label": label }, el("table", {},
    el("thead", {}, el("tr", {}, ...one.head.map((text, at) => el("th", { scope: "col", class: one.rows[0]?.[at]?.number ? "num" : null, text })))),
    el("tbody", {}, ...one.rows.map((row, at) => el("tr", { class: own && !at ? "own" : null }, ...row.map((cell, place) =>
      el(place ? "td" : "th", { class: cell.number ? "num" : null, scope: place ? null : "row", "data-label": one.head[place], text: cell.text })))))));

  // While a button is pressed nothing is drawn: the click would fall on what is no longer there.
  let pressed = false;
  const released = () => { if (pressed) setTimeout(() => { pressed = false; if (!done) draw(); }); };
  const press = event => { if (event.target.closest("button, summary")) { pressed = true; setTimeout(released, 1500); } };
  root.addEventListener("pointerdown", press);
  root.addEventListener("click", () => { pressed = false; }, true); // what the click does is drawn at once
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, released);

  function draw() {
    if (pressed) return;
    // The same again would take the focus, or the button from under a finger.
    const now = JSON.stringify([seen(page), gone, busy, error, ...more()]);
    if (now === shown) return;
    shown = now;
    const held = root.contains(document.activeElement) ? document.activeElement : null, key = held?.dataset?.key;
    const typing = one => one?.tagName === "TEXTAREA" || (one?.tagName === "INPUT" && one.type === "text");
    const caret = typing(held) ? [held.selectionStart, held.selectionEnd] : null;
    const scrolls = [...root.querySelectorAll("[data-scroll]")].map(one => [one.dataset.scroll, one.scrollTop]);
    const find = name => root.querySelector(`[data-key="${CSS.escape(name)}"]:not(:disabled)`);
    root.lang = page.html_lang;
    root.replaceChildren(...parts(play).flat().filter(Boolean));
    for (const [name, at] of scrolls) { const one = root.querySelector(`[data-scroll="${name}"]`); if (one) one.scrollTop = at; }
    drawn(root);
    // Where what had the focus is gone, it goes to what changed.
    if (key) {
      const next = find(key) ?? (busy ? null : root.querySelector("h2"));
      if (next) { next.focus({ preventScroll: true }); if (caret && typing(next)) next.setSelectionRange(...caret); }
      else waiting = key;
    } else if (waiting && !busy) {
      // Who writes somewhere else by now stays there.
      if (!document.activeElement?.matches("input, textarea, select, button, a")) (find(waiting) ?? root.querySelector(home))?.focus({ preventScroll: true });
      waiting = "";
    }
  }
  const banners = () => [gone && el("p", { class: "banner", role: "alert", text: "✗ " + words("gone") }),
    page.problem && el("p", { class: "banner", role: "alert", text: "✗ " + page.problem })];

  const look = () => { if (!busy && !done) ask("look", looking(), null, patience); };
  const woken = () => { if (document.visibilityState === "visible") look(); };
  const beat = setInterval(every < BEAT ? woken : look, every); // who looks often rests where nobody sees it
  document.addEventListener("visibilitychange", woken);
  window.addEventListener("focus", woken);
  const play = {
    root, uid, quiet, ask, act, words, button, select, plays, status, picture, table, banners, draw,
    get page() { return page; }, get gone() { return gone; }, get busy() { return busy; }, get error() { return error; },
    begin() { draw(); look(); },
    end() {
      done = true;
      clearInterval(beat);
      close();
      document.removeEventListener("visibilitychange", woken);
      window.removeEventListener("focus", woken);
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, released);
    },
  };
  return play;
}

// Fields of text that save themselves a moment after the last key. `sent(place, text)` gives the kind of
// question that keeps a text, and what goes with it.
function writing(play, sent, { soon = 700, most = 4000 } = {}) {
  const boxes = new Map(), typed = new Map(), timers = new Map(), marks = new Map();
  function mark(place, state, more = "") {
    marks.set(place, [state, more]);
    const line = boxes.get(place)?.querySelector(".mark");
    if (!line) return;
    line.textContent = state === "not_saved" && more ? more : state ? play.words(state, { time: more }) : "";
    line.dataset.state = state;
  }
  function keep(place) {
    clearTimeout(timers.get(place));
    timers.delete(place);
    const text = typed.get(place);
    if (text === undefined || play.gone) return;
    mark(place, "saving");
    play.ask(...sent(place, text), told => {
      if (told.error) { mark(place, "not_saved", told.error); return; }
      if (typed.get(place) === text) typed.delete(place);
      mark(place, "saved", new Date().toLocaleTimeString(play.page.html_lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
    });
  }
  function put(place, text) {
    typed.set(place, text);
    clearTimeout(timers.get(place));
    timers.set(place, setTimeout(() => keep(place), soon));
    const area = boxes.get(place)?.querySelector("textarea");
    if (area && area.value !== text) area.value = text;
  }
  // Never made again, so that nobody loses what is being typed; what was kept elsewhere is taken over.
  function field(place, { key, label, value, rows = 3 }) {
    if (!boxes.has(place)) {
      const id = play.uid + "w" + place;
      const area = el("textarea", { id, rows: String(rows), maxlength: String(most), "data-key": key,
        oninput: event => put(place, event.target.value),
        onblur: () => timers.has(place) && keep(place) });
      boxes.set(place, el("div", { class: "field" }, el("label", { for: id, text: label }), area, el("p", { class: "mark muted", role: "status" })));
      mark(place, ...(marks.get(place) ?? [""]));
    }
    const box = boxes.get(place), area = box.querySelector("textarea"), now = typed.get(place) ?? value;
    if (area.value !== now) area.value = now;
    return box;
  }
  return {
    field, put,
    text: place => typed.get(place),
    lost() { for (const place of typed.keys()) mark(place, "not_saved"); },
    back() { for (const place of [...typed.keys()]) keep(place); },
    end() { for (const place of [...timers.keys()]) keep(place); },
  };
}
