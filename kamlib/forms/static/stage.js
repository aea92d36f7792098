// Draws a part of a stage and asks the kernel. Every word comes from `page`; the only HTML is that
// of the stage's own pages, which the workbook's build made.
const WAIT = 20000, BEAT = 15000, SOON = 700, NEWS = "kam-stages";

function render({ model, el: host }) {
  let page = model.get("page"), gone = false, busy = false, done = false, sure = false, error = "", typed = "";
  const uid = "kams" + Math.random().toString(36).slice(2);
  const root = el("div", { "data-lm-suppress-shortcuts": "true" });
  host.append(root);
  root.addEventListener("keydown", event => event.stopPropagation());

  const { ask, close } = asking(model, {
    wait: WAIT,
    lost() { busy = false; if (!gone && !done) { gone = true; draw(); } },
    heard(told, buffers, then) {
      gone = false;
      busy = false;
      if (told.page) page = told.page;
      if (then) then(told);
      if (told.changed) tell();
      draw();
    },
  });

  // The other parts on this page, and those in other windows, look again.
  const channel = new BroadcastChannel(NEWS);
  const tell = () => channel.postMessage(uid);
  const look = () => { if (!busy && !done) ask("look"); };
  channel.addEventListener("message", look);

  const to = href => new URL(href, location.href).href;
  const link = (href, text) => el("a", { href: to(href), text });
  const button = (key, text, onclick, style = "") =>
    el("button", { type: "button", class: style, "data-key": key, disabled: gone || busy, text: busy ? page.words.working : text, onclick });
  const bad = text => text && el("p", { class: "error", role: "alert", text: "✗ " + text });
  const lost = () => gone && el("p", { class: "banner", role: "alert", text: "✗ " + page.words.gone });

  function act(kind, more = {}) {
    busy = true;
    error = "";
    ask(kind, more, told => { error = told.error ?? ""; sure = false; });
    draw();
  }

  function gate() {
    const head = el("h2", { id: uid, tabindex: "-1", text: [page.label, page.title].filter(Boolean).join(" · ") });
    if (page.state === "open") return [head];
    const parts = [head, el("p", { text: page.text })];
    if (page.state === "wait") return [...parts, el("p", {}, link(page.href, page.link)), lost()];
    const word = page.state === "word";
    const field = word && el("input", { id: uid + "word", type: "text", maxlength: "60", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      "data-key": "word", disabled: gone || busy, "aria-invalid": error ? "true" : null,
      "aria-describedby": error ? uid + "error" : null, oninput: event => { typed = event.target.value; } });
    if (field) field.value = typed;
    const said = bad(error);
    if (said) said.id = uid + "error";
    return [...parts, el("form", { novalidate: true, onsubmit: event => { event.preventDefault(); if (!gone && !busy) act("open", { word: typed }); } },
      word && el("label", { for: uid + "word", text: page.words.word }), field, said,
      el("div", { class: "row" }, el("button", { type: "submit", class: "main", "data-key": "open", disabled: gone || busy, text: busy ? page.words.working : page.button }))), lost()];
  }

  let still = null;
  function lacking() {
    if (!page.open.length) return [el("p", { text: "✓ " + page.words.all_complete })];
    return [el("p", { text: page.words.still_open }), el("ul", { class: "open" }, ...page.open.map(one =>
      el("li", {}, link(one.href, one.title), one.lacks ? document.createTextNode(" " + one.lacks) : null)))];
  }

  function commit() {
    const head = el("h2", { id: uid, tabindex: "-1", text: page.label });
    const problem = bad(page.problem);
    if (page.state === "committed") {
      return [el("h2", { id: uid, tabindex: "-1", text: "✓ " + page.text }),
        el("p", { class: "muted", text: page.words.receipt }),
        el("p", { class: "large receipt", text: page.receipt }),
        page.differs ? el("p", { class: "differs", role: "status", text: "△ " + page.differs }) : el("p", { class: "muted", text: page.same }),
        bad(error), problem, lost()];
    }
    still = el("div", {}, ...lacking());
    if (!sure) return [head, el("p", { text: page.text }), still, bad(error), problem, lost(),
      el("div", { class: "row" }, button("commit", page.label, () => { if (!busy) { busy = true; error = ""; ask("look", {}, told => { error = told.error ?? ""; sure = !error; }); } }, "main"))];
    return [head, still, el("p", { class: "sure", text: page.words.sure }), bad(error), problem, lost(),
      // The way back stands where the button before stood, so that a double click commits nothing.
      el("div", { class: "row" }, button("back", page.words.back, () => { sure = false; draw(); }),
        button("now", page.words.commit_now, () => act("commit"), "main"))];
  }

  let drawn = "", listed = "";
  function draw() {
    // The same again would take the focus, or the button from under a finger.
    const now = JSON.stringify([{ ...page, open: null }, gone, busy, sure, error]), list = JSON.stringify(page.open);
    if (now === drawn) {
      if (list !== listed) still?.replaceChildren(...lacking());
      listed = list;
      return;
    }
    drawn = now;
    listed = list;
    const held = root.contains(document.activeElement) ? document.activeElement.dataset?.key : null;
    root.lang = page.html_lang ?? "";
    root.dataset.stage = page.stage ?? "";
    root.dataset.state = page.state ?? "";
    if (page.kind === "chunk") {
      root.className = "jp-RenderedHTMLCommon jp-RenderedMarkdown kam-chunk";
      root.innerHTML = page.html;
      for (const one of root.querySelectorAll("a")) one.setAttribute("data-lm-suppress-shortcuts", "true");
      return;
    }
    root.className = "kam-start kam-stage";
    if (page.kind === "closed") root.replaceChildren(el("p", { class: "muted closed", text: page.text }));
    else if (page.state === "closed") root.replaceChildren();
    else {
      const parts = page.kind === "gate" ? gate() : commit();
      root.replaceChildren(el("section", { class: page.state === "open" ? "begun" : "panel", "aria-labelledby": uid }, ...parts.filter(Boolean)));
      const next = held && (root.querySelector(`[data-key="${CSS.escape(held)}"]:not(:disabled)`) ?? (busy ? null : root.querySelector("h2")));
      if (next) next.focus();
    }
  }

  const beat = setInterval(look, BEAT);
  const seen = () => { if (document.visibilityState === "visible") look(); };
  document.addEventListener("visibilitychange", seen);
  // Soon after an answer was given somewhere on the page, so that nothing moves under the pointer later.
  let soon = null;
  const answered = event => {
    if (page.kind !== "commit" || root.contains(event.target)) return;
    clearTimeout(soon);
    soon = setTimeout(look, SOON);
  };
  for (const one of ["change", "focusout"]) document.addEventListener(one, answered);
  model.on("change:page", () => { page = model.get("page"); if (!busy && !sure) draw(); });
  draw();
  look();
  return () => {
    done = true;
    clearInterval(beat);
    close();
    channel.close();
    document.removeEventListener("visibilitychange", seen);
    clearTimeout(soon);
    for (const one of ["change", "focusout"]) document.removeEventListener(one, answered);
  };
}
export default { render };
