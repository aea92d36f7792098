// Draws the funnel: the rules and hours to set, who is worked on, and what came of the try looked at.
const SOON = 350, STEP = 4;

function render({ model, el: host }) {
  let timer = 0, eachOpen = false, listOpen = false;
  const typed = new Map(); // what was set here and is not kept yet, by field
  const game = playing(model, host, {
    style: "kam-funnel", parts, more: () => [[...typed]],
    home: ".outcome h3",
    back() { if (typed.size) keep(); },
  });
  const { uid, quiet, words, button, draw } = game;

  // What is set is sent a moment later, all at once; a run sends it first of all.
  const values = () => Object.fromEntries(typed);
  const done = sent => { for (const [id, value] of Object.entries(sent)) if (typed.get(id) === value) typed.delete(id); };
  let refused = "";
  function keep() {
    clearTimeout(timer);
    timer = 0;
    if (!typed.size || game.gone) return;
    const sent = values();
    game.ask("set", { values: sent }, told => { refused = told.error ?? ""; if (!refused) done(sent); });
  }
  function set(id, value) {
    typed.set(id, value);
    clearTimeout(timer);
    timer = setTimeout(keep, SOON);
    draw();
  }
  function act(kind) {
    clearTimeout(timer);
    timer = 0;
    const sent = values();
    game.act(kind, { values: sent }, () => {
      refused = "";
      done(sent);
      setTimeout(() => game.root.querySelector(".outcome")?.scrollIntoView({ block: "nearest", behavior: "auto" }));
    });
  }

  const shown = one => typed.get(one.id) ?? one.value;
  const amount = text => { const n = Number(String(text).normalize("NFKC").trim().replace(",", ".") || 0); return n >= 0 ? n : NaN; };
  const plain = n => String(Math.round(n * 100) / 100);
  const used = () => game.page.hours.reduce((sum, one) => sum + (amount(shown(one)) || 0), 0);

  function top() {
    return el("header", {},
      el("div", { class: "who" }, el("h2", { id: uid, tabindex: "-1", text: game.page.title }), el("p", { class: "muted", text: game.page.note })),
      game.plays());
  }
  function hoursLeft() {
    const month = game.page.month, left = Math.round((month - used()) * 100) / 100;
    return el("p", { class: "num" + (left < 0 ? " over" : ""), text: left < 0 ? "✗ " + words("over", { n: plain(-left) }) : words("left", { n: plain(left), month }) });
  }
  function left() {
    const month = game.page.month, said = hoursLeft();
    said.setAttribute("role", "status");
    return el("div", { class: "hours" + (used() > month ? " over" : "") }, said,
      el("div", { class: "bar", "aria-hidden": "true" }, el("span", { style: `width:${Math.min(100, Math.round(100 * used() / month))}%` })));
  }

  const choice = one => el("div", { class: "field" }, el("label", { for: uid + one.id, text: one.label }),
    game.select(uid + one.id, one.id, one.options, typed.get(one.id) ?? one.chosen, place => set(one.id, place)));
  function number(one) {
    const wrong = Number.isNaN(amount(shown(one)));
    const step = by => set(one.id, plain(Math.max(0, (amount(shown(one)) || 0) + by)));
    const field = el("input", { id: uid + one.id, type: "text", inputmode: "decimal", maxlength: "8", autocomplete: "off", "data-key": one.id,
      disabled: game.gone || game.busy, "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? uid + one.id + "wrong" : null, value: shown(one),
      oninput: event => set(one.id, event.target.value), onchange: keep,
      onkeydown: event => { const by = { ArrowUp: STEP, ArrowDown: -STEP }[event.key]; if (by) { event.preventDefault(); step(by); } } });
    return el("div", { class: "field" }, el("label", { for: uid + one.id, text: one.label }),
      el("div", { class: "stepper" },
        button(one.id + "-", "−", () => step(-STEP), "", { "aria-label": words("less", { field: one.label }) }), field,
        button(one.id + "+", "+", () => step(STEP), "", { "aria-label": words("more", { field: one.label }) })),
      wrong && el("p", { id: uid + one.id + "wrong", class: "error", text: "✗ " + words("no_number") }));
  }
  function fold(name, open, toggled, ...inside) {
    const one = el("details", { ontoggle: event => toggled(event.target.open) }, el("summary", { "data-key": "fold-" + name, ...quiet, text: words(name) }), ...inside);
    one.open = open;
    return one;
  }

  function rules() {
    const page = game.page;
    return el("section", { class: "left", "aria-labelledby": uid + "hours" },
      el("h3", { id: uid + "hours", text: words("hours") }), left(), el("div", { class: "fields" }, ...page.hours.map(number)),
      el("h3", { text: words("rules") }), el("div", { class: "fields" }, ...page.rules.map(choice)),
      fold("each", eachOpen, open => { eachOpen = open; }, el("p", { class: "muted", text: words("each_help") }), el("div", { class: "fields" }, ...page.each.map(number))));
  }

  const cell = one => el("td", {}, el("span", { class: "dots", role: "img", "aria-label": one.label || "–" },
    ...one.dots.map(dot => el("i", { class: dot.on ? "on" : null, title: dot.name }))), one.hours && el("small", { class: "num muted", "aria-hidden": "true", text: one.hours }));
  const grid = one => el("table", { class: "grid" }, el("caption", { text: one.title }),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "muted", text: one.asked }), ...one.head.map(text => el("th", { scope: "col", text })))),
    el("tbody", {}, ...one.rows.map(row => el("tr", {}, el("th", { scope: "row", text: row.head }), ...row.cells.map(cell)))));
  function worked() {
    const page = game.page;
    return el("section", { class: "middle", "aria-labelledby": uid + "worked" }, el("h3", { id: uid + "worked", text: words("worked") }),
      el("p", { class: page.refused ? "error" : null, role: "status", text: page.refused ? "✗ " + page.refused : page.reached }),
      el("div", { class: "grids" }, ...(page.refused ? [] : page.grids.map(grid)), run()),
      page.named && fold("list", listOpen, open => { listOpen = open; }, game.table(page.named, words("list"), false)));
  }

  function run() {
    return el("div", { class: "run" }, hoursLeft(),
      el("div", { class: "row" }, button("run", words("run"), () => act("run"), "main"), button("luck", words("luck"), () => act("luck"))), el("p", { class: "muted", text: game.page.year }),
      refused && !game.error ? el("p", { class: "error", role: "alert", text: "✗ " + refused }) : game.status());
  }

  function outcome() {
    const page = game.page, one = page.outcome;
    return one && el("section", { class: "outcome", "aria-labelledby": uid + "outcome" },
      el("h3", { id: uid + "outcome", tabindex: "-1", text: one.title }),
      el("div", { class: "told", role: "status" }, el("p", { class: "year", text: one.year }), ...one.sentences.map(text => el("p", { text }))),
      !page.same && el("div", { class: "row" }, button("take", words("take_over"), () => game.act("take"))),
      el("div", { class: "pictures" }, ...one.pictures.map(game.picture)),
      el("h3", { text: words("tries_title") }), game.table(one.tries, words("tries_title")), el("p", { class: "muted", text: one.luck }), el("p", { class: "muted", text: one.worth }),
      one.best
        ? el("div", { class: "best" }, el("h3", { text: words("best_title") }), el("p", { text: one.best_note }), game.table(one.best, words("best_title"), false))
        : el("div", { class: "row again" }, button("best", words("best"), () => game.act("best"))));
  }

  function parts() {
    const page = game.page;
    return [top(), game.banners(), el("div", { class: "columns" }, rules(), worked()), outcome()];
  }

  game.begin();
  return () => { if (timer) keep(); game.end(); };
}
export default { render };
