// Draws a panel of the homework, which follows what is written in the questions around it.
const FOLLOW = 3000, CALM = 1; // looks so often, in milliseconds; draws after so many looks without a change

function render({ model, el: host }) {
  let drawing = false, calm = 0, made = null, url = null;
  const figures = new Map(); // a picture that is shown already is not decoded again
  const panel = playing(model, host, {
    style: "kam-homework", parts, home: "h2",
    beat: FOLLOW, patience: 30000, looking: () => { settle(); return { seen: panel.page.stamp }; },
    seen: ({ stamp, play, ...page }) => page,
    more: () => [drawing, made?.file],
    lost() { drawing = false; },
  });
  const { uid, words, button, root } = panel;
  // The way in which the page asks is the panel's own: what is drawn anew does not move under a reader.
  root.style.overflowAnchor = "auto";

  // Pictures wait until nothing was written for a moment, and until somebody sees the panel.
  let visible = false, last = "";
  const watcher = new IntersectionObserver(entries => { visible = entries.some(one => one.isIntersecting); if (visible) settle(CALM); }, { rootMargin: "400px" });
  watcher.observe(host);
  function settle(least = 0) {
    const page = panel.page;
    calm = Math.max(page.stamp === last ? calm + 1 : 0, least);
    last = page.stamp;
    if (!page.drawing || drawing || panel.gone || !visible || calm < CALM) return;
    drawing = true;
    panel.ask("draw", { seen: page.stamp }, () => { drawing = false; calm = 0; });
    panel.draw();
  }

  const link = (href, text, label) => el("a", { href, text, "aria-label": label ?? null });
  const bar = (share, label) => el("div", { class: "bar", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(share) },
    el("span", { style: `width:${share}%` }));

  function progress() {
    const one = panel.page.progress;
    return one && [
      one.due && el("p", { class: one.urgent ? "due urgent" : "due", text: one.due }),
      bar(one.share, panel.page.title), el("p", { class: "num", role: "status", text: one.said }),
      el("ol", { class: "sections" }, ...one.sections.map(section => el("li", { "data-section": section.name },
        el("div", { class: "head" }, link(section.href, section.title, `${section.title} – ${words("go")}`),
          el("span", { class: "state", text: `${section.sign} ${section.word}` }), bar(section.share, section.title), el("span", { class: "num muted", text: section.said })),
        section.open.length > 0 && el("ul", {}, ...section.open.map(text => el("li", { text }))))))];
  }

  const item = one => el("li", {},
    one.place && el("p", { class: "place" }, one.href ? link(one.href, one.place, `${one.place} – ${words("place")}`) : el("span", { text: one.place })),
    el("p", {}, one.text), one.more && el("p", { class: "more", text: one.more }));
  function block(one) {
    if (one.kind === "table") return el("section", { "aria-label": one.caption }, el("h3", { text: one.caption }), panel.table(one, one.caption, false));
    const title = one.title && el("h3", { text: (one.sign ? one.sign + " " : "") + one.title });
    if (one.kind === "lines") return el("section", {}, title, ...one.lines.map(text => el("p", { text })));
    return el("section", { class: "list " + one.tone }, title, el(one.tone === "next" ? "ol" : "ul", {}, ...one.items.map(item)));
  }

  function picture(one) {
    if (!figures.has(one.html + one.note)) figures.set(one.html + one.note, one.html ? panel.picture(one) : el("p", { class: "muted", text: one.note }));
    return figures.get(one.html + one.note);
  }
  function shown() {
    const { pictures, drawing: late } = panel.page, now = pictures.map(picture), kept = new Set(now);
    for (const [html, node] of figures) if (!kept.has(node)) figures.delete(html);
    return [el("div", { class: late ? "pictures late" : "pictures" }, ...now), late && el("p", { class: "status", role: "status", text: words("drawing") })];
  }

  // What was made is in the workbook's folder, and the browser can keep it, too.
  function make(as) {
    made = null;
    panel.act("make", { as }, (told, buffers) => {
      if (url) URL.revokeObjectURL(url);
      url = URL.createObjectURL(new Blob([buffers[0]]));
      made = { file: told.file, said: told.said };
    });
  }
  function report() {
    const one = panel.page.report;
    if (!one) return null;
    const press = (as, name, style) => button("make-" + as, words(name), () => one.can && make(as), style, { "aria-disabled": one.can ? null : "true" });
    return el("section", { class: "make" }, el("p", { text: one.lead }), one.blocked && el("p", { class: "error", text: "✗ " + one.blocked }),
      el("div", { class: "row" }, press("docx", "word", "main"), press("html", "html", "")), panel.status(),
      made && !panel.error && el("div", { class: "made" }, el("p", { role: "status", text: "✓ " + made.said }), el("a", { class: "button", href: url, download: made.file, "data-key": "made", text: words("download", { file: made.file }) })));
  }

  // The report's own style would reach the notebook around it, so it stands in a room of its own.
  let room = null;
  function example() {
    const { body, style } = panel.page;
    if (!body) return null;
    if (!room) {
      room = el("div", { class: "room", tabindex: "0", role: "region", "aria-label": panel.page.title });
      const inside = room.attachShadow({ mode: "open" });
      inside.innerHTML = `<style>${style}</style><main>${body}</main>`;
    }
    return room;
  }

  function parts() {
    const page = panel.page;
    root.dataset.panel = page.panel;
    return [el("h2", { id: uid, tabindex: "-1", text: page.title }), panel.banners(),
      page.empty && el("p", { class: "muted", text: page.empty }), progress(), report(), ...page.blocks.map(block), shown(), example()];
  }

  panel.begin();
  return () => { watcher.disconnect(); if (url) URL.revokeObjectURL(url); panel.end(); };
}
export default { render };
