// Draws the table: what was said, what can be said, the offer, the days; afterwards the debrief.

function render({ model, el: host }) {
  let leaving = false;
  const chosen = new Set(), folds = new Map([["facts", true]]);
  const game = playing(model, host, {
    style: "kam-table",
    // what is typed in the debrief is kept in its own boxes
    seen: page => page.debrief ? { ...page, debrief: { ...page.debrief, questions: null } } : page,
    more: () => [leaving, [...chosen]],
    home: "[data-key='talk']",
    parts,
    told() { leaving = false; },
    lost: () => texts.lost(),
    back: () => texts.back(),
    drawn(root) { const said = root.querySelector(".talk"); if (said) said.scrollTop = said.scrollHeight; },
  });
  const { root, uid, quiet, act, words, button, select, draw } = game;

  // On a narrow page the answer stands far from the button that asked for it.
  const answered = () => setTimeout(() => root.querySelector(".talk > :last-child")?.scrollIntoView({ block: "nearest" }));
  const move = (one, after) => act("move", { at: game.page.moves, move: one }, () => { if (after) after(); answered(); });

  function top() {
    const page = game.page;
    return el("header", {},
      el("div", { class: "who" }, el("h2", { id: uid, tabindex: "-1", text: page.title }), el("p", { class: "muted", text: page.note })),
      game.plays(),
      el("div", { class: "days" }, el("p", { class: "num", text: page.days }),
        el("div", { class: "bar", role: "img", "aria-label": page.days }, el("span", { style: `width:${Math.round(100 * page.passed)}%` }))));
  }

  // What was said.
  function talk() {
    const said = el("div", { class: "talk", role: "log", "aria-live": "polite", "aria-labelledby": uid + "talk", tabindex: "0", "data-key": "talk" },
      ...game.page.lines.map(one => el("p", { class: "line " + one.who },
        el("span", { class: "name" }, el("strong", { text: one.name }), el("small", { class: "muted num", text: one.day })), el("span", { text: one.text }))),
      game.page.ended && el("p", { class: "ended", text: game.page.ended }));
    return el("section", { class: "middle", "aria-labelledby": uid + "talk" }, el("h3", { id: uid + "talk", text: words("transcript") }), said, game.status());
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
    const cards = game.page.facts.map(one => {
      const made = card(one);
      made.append(el("small", { class: "num", text: (chosen.has(one.id) ? "☑ " : "☐ ") + one.id }), el("span", { text: one.text }), used(one) || "");
      return el("li", {}, made);
    });
    const picked = game.page.facts.filter(one => chosen.has(one.id)).map(one => one.id);
    return fold("facts", game.page.facts.length,
      el("p", { class: "muted", text: words("facts_help") }), el("ul", { class: "cards", "data-scroll": "facts" }, ...cards),
      button("show", words("show", { n: picked.length }), () => picked.length && move({ do: "show", facts: picked }, () => chosen.clear()), "main wide",
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
    const page = game.page;
    return el("section", { class: "left", "aria-labelledby": uid + "left" }, el("h3", { id: uid + "left", text: words("left") }),
      page.facts.length > 0 && facts(),
      said("sentences", page.sentences, one => one.move),
      said("questions", page.questions, one => ({ do: "ask", about: one.id })));
  }

  // The offer.
  const draft = more => act("draft", { approval: game.page.approval, ...more });
  function right() {
    const page = game.page;
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
    const box = el("input", { type: "checkbox", "data-key": "approval", disabled: game.gone || game.busy, onchange: event => draft({ approval: event.target.checked }) });
    box.checked = game.page.approval;
    return el("label", { class: "check" }, box, el("span", { text: words("approval") }));
  }
  function agreed() {
    const one = game.page.agreed;
    return one && el("div", { class: "agreed" }, el("h4", { text: words("agreed") }),
      el("ul", {}, ...one.rows.map(text => el("li", { text }))), el("p", { text: one.worth }),
      one.pending && el("p", { text: "△ " + one.pending }),
      el("div", { class: "row" }, button("sign", words("sign"), () => move({ do: "sign" }), "main"), button("take", words("take_over"), () => draft({ take: true }))));
  }

  // Afterwards.
  const texts = writing(game, (place, text) => {
    const [number, at] = place.split("/").map(Number);
    return ["say", { play: number, place: at, text }];
  });
  const question = (one, at) => texts.field(`${game.page.play}/${at}`, { key: "say-" + at, label: one.text, value: one.said });
  function debrief() {
    const one = game.page.debrief;
    if (!one) return null;
    const scores = one.scores;
    return el("div", { class: "debrief" },
      el("section", { "aria-labelledby": uid + "before" }, el("h3", { id: uid + "before", text: words("before_scores") }), el("p", { class: "muted", text: words("before_scores_help") }),
        ...one.questions.map(question)),
      !scores && button("reveal", game.busy ? words("working") : words("reveal"), () => act("reveal"), "main"),
      scores && el("section", { class: "scores" },
        ...scores.deal.map(text => el("p", { text })),
        ...scores.pictures.map(game.picture),
        el("h3", { text: scores.unused_title }),
        scores.all_used ? el("p", { text: scores.all_used }) : el("ol", { class: "unused" }, ...scores.unused.map(text => el("li", { text }))),
        el("h3", { text: scores.sides_title }), game.table(scores.sides, words("colleagues")), el("p", { class: "muted", text: scores.careful })));
  }
  function again() {
    return !game.page.open && el("div", { class: "row again" }, button("another", words("another"), () => act("new"), game.page.debrief?.scores ? "main" : ""), button("same", words("same"), () => act("new", { same: true })));
  }

  function parts() {
    const page = game.page;
    root.dataset.open = String(page.open);
    return [top(), game.banners(),
      el("div", { class: "columns" }, page.open && !page.problem && left(), talk(), page.open && !page.problem && right()), debrief(), again()];
  }

  game.begin();
  return () => {
    texts.end();
    game.end();
  };
}
export default { render };
