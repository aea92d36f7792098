// Draws the message page: who reads it, the sentences to choose and order or one's own words, how it reads.

function render({ model, el: host }) {
  const game = playing(model, host, {
    style: "kam-message", parts, home: ".outcome h3",
    seen: ({ own, ...page }) => page, // one's own words stand in their own box
    lost: () => texts.lost(),
    back: () => texts.back(),
  });
  const { uid, words, button } = game;
  const texts = writing(game, (reader, own) => ["set", { for: reader, own }]);
  // What is typed goes along with whatever is asked, so that nothing of it is behind.
  const act = (kind, asked = {}, after = null) => {
    const own = texts.text(game.page.reader);
    game.act(kind, { for: game.page.reader, ...(own === undefined ? {} : { own }), ...asked }, after);
  };

  function top() {
    const page = game.page;
    return el("header", {}, el("div", { class: "who" }, el("h2", { id: uid, tabindex: "-1", text: page.title }), el("p", { class: "muted", text: page.note })), game.plays());
  }

  const readers = () => el("section", { "aria-labelledby": uid + "reader" }, el("h3", { id: uid + "reader", text: words("reader") }),
    el("div", { class: "readers" }, ...game.page.readers.map(one => {
      const made = button("reader-" + one.id, null, () => game.act("reader", { to: one.id }), "card", { "aria-pressed": String(one.id === game.page.reader) });
      made.append(el("strong", { text: one.name }), el("q", { text: one.said }));
      return made;
    })));

  const cards = list => act("set", { cards: list });
  function pool() {
    const page = game.page;
    return el("section", { class: "left", "aria-labelledby": uid + "cards" }, el("h3", { id: uid + "cards", text: words("cards") }),
      el("p", { class: "muted", text: words("cards_help") }),
      el("ul", { class: "cards" }, ...page.cards.map(one => {
        const on = page.chosen.includes(one.id);
        const made = button("card-" + one.id, null, () => cards(on ? page.chosen.filter(id => id !== one.id) : [...page.chosen, one.id]), "card" + (on ? " turned" : ""), { "aria-pressed": String(on) });
        made.append(el("span", { text: one.text }), on && el("small", { class: "muted", text: "✓ " + words("chosen") }) || "");
        return el("li", {}, made);
      })));
  }

  function line(id, at) {
    const chosen = game.page.chosen, sentence = game.page.cards.find(one => one.id === id).text;
    const moved = by => { const list = [...chosen]; list.splice(at + by, 0, ...list.splice(at, 1)); cards(list); };
    return el("li", {}, el("span", { text: sentence }), el("div", { class: "row" },
      button("up-" + id, "↑", () => at > 0 && moved(-1), "", { "aria-label": words("earlier", { sentence }), "aria-disabled": at > 0 ? null : "true" }),
      button("down-" + id, "↓", () => at < chosen.length - 1 && moved(1), "", { "aria-label": words("later", { sentence }), "aria-disabled": at < chosen.length - 1 ? null : "true" }),
      button("out-" + id, "×", () => cards(chosen.filter(one => one !== id)), "", { "aria-label": words("out", { sentence }) })));
  }
  function copy() {
    const page = game.page, now = texts.text(page.reader) ?? page.own;
    texts.put(page.reader, (now && now.trimEnd() + "\n") + page.composed);
    game.root.querySelector("textarea").focus();
  }
  function yours() {
    const page = game.page, own = page.mode === "own";
    const way = (mode, name) => button("mode-" + mode, words(name), () => act("set", { mode }), "", { "aria-pressed": String(page.mode === mode) });
    const said = page.readers.find(one => one.id === page.reader);
    return el("section", { class: "right", "aria-labelledby": uid + "yours" }, el("h3", { id: uid + "yours", text: words("yours") }),
      el("blockquote", {}, el("strong", { text: said.name }), el("q", { text: said.said })),
      el("div", { class: "row ways" }, way("cards", "from_cards"), way("own", "own_words")),
      own
        ? el("div", {}, el("p", { class: "muted", text: words("own_help") }), texts.field(page.reader, { key: "own", label: words("own"), value: page.own, rows: 8 }),
          page.composed && button("copy", words("copy"), copy))
        : page.chosen.length ? el("ol", { class: "lines" }, ...page.chosen.map(line)) : el("p", { class: "muted", text: words("empty") }),
      button("see", words("see"), () => act("see", {}, () => setTimeout(() => game.root.querySelector(".outcome")?.scrollIntoView({ block: "nearest" }))), "main wide"),
      game.status());
  }

  const bar = one => el("div", { class: "share" + (one.asked ? " asked" : "") }, el("dt", { text: one.asked ? words("asked", { lens: one.name }) : one.name }),
    el("dd", {}, el("span", { class: "bar", "aria-hidden": "true" }, el("span", { style: `width:${one.width}%` })), el("span", { class: "num", text: one.share })));
  function outcome() {
    const one = game.page.outcome;
    return one && el("section", { class: "outcome", "aria-labelledby": uid + "outcome" },
      el("h3", { id: uid + "outcome", tabindex: "-1", text: one.title }),
      el("div", { class: "beside" },
        el("div", {}, el("h4", { text: words("said") }), el("blockquote", {}, el("q", { text: one.said })), el("h4", { text: words("yours") }), el("p", { class: "sent", text: one.text })),
        el("div", {}, el("h4", { text: words("bars") }), el("dl", { class: "shares" }, ...one.bars.map(bar)), el("p", { class: "muted", text: one.note }))),
      el("div", { class: "told", role: "status" },
        one.good.length > 0 && el("div", {}, el("h4", { text: words("good") }), el("ul", {}, ...one.good.map(text => el("li", { text: "✓ " + text })))),
        el("div", {}, el("h4", { text: words("change") }), one.change.length ? el("ul", {}, ...one.change.map(text => el("li", { text: "△ " + text }))) : el("p", { text: words("nothing") }))),
      !game.page.same && el("div", { class: "row again" }, button("take", words("take_over"), () => act("take"))));
  }

  function parts() {
    const page = game.page;
    game.root.dataset.mode = page.mode;
    return [top(), game.banners(), el("p", { class: "story", text: page.story }), readers(),
      el("div", { class: "columns" }, page.mode === "cards" && pool(), yours()), outcome()];
  }

  game.begin();
  return () => { texts.end(); game.end(); };
}
export default { render };
