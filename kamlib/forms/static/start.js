// Draws the start page and asks the kernel. Every word comes from `page`; nothing is set as HTML.
const WAIT = 8000, BEAT = 15000;

// The notebooks open in the front end that shows this page, in the same tab.
export function target(location, folder, href, config) {
  const path = location.pathname;
  const seen = /^(.*?)\/(notebooks|lab(?:\/workspaces\/[^/]+)?\/tree|doc(?:\/workspaces\/[^/]+)?\/tree)\/(.*)$/.exec(path);
  const kind = seen ? (seen[2] === "notebooks" ? "notebooks" : seen[2]) : "notebooks";
  const root = serverRoot(location, config);
  const below = seen ? seen[3].replace(/[^/]*$/, "") : "";
  return new URL(folder + href, location.origin + root + kind + "/" + below).href;
}

function render({ model, el: host }) {
  let page = model.get("page"), gone = false, dialog = null, done = false;
  const state = { who: null, said: "", bad: false };
  const uid = "kam" + Math.random().toString(36).slice(2);
  const root = el("div", { class: "kam-start", "data-lm-suppress-shortcuts": "true", "data-jp-suppress-context-menu": "" });
  host.append(root);
  root.addEventListener("keydown", event => event.stopPropagation());

  const to = href => target(window.location, page.folder, href, pageConfig());
  const urls = [];
  function blob(view, type) {
    const url = URL.createObjectURL(new Blob([view], { type }));
    urls.push(url);
    return url;
  }

  // What is not answered in time is said to be so.
  const { ask, close } = asking(model, {
    wait: WAIT,
    lost() {
      if (gone || done) return;
      gone = true;
      dialog?.close();
      say("");
      draw();
    },
    heard(told, buffers, then) {
      const back = gone;
      gone = false;
      if (told.page) page = told.page;
      if (then) then(told, buffers);
      else if (told.error) say(told.error, true);
      if (told.page || back) draw();
    },
  });

  const status = el("p", { class: "status", role: "status" });
  function say(text, bad = false) {
    state.said = text; state.bad = bad;
    status.textContent = (bad && text ? "✗ " : "") + text;
    status.className = bad ? "status bad" : "status";
  }

  // A button that asks the kernel says so when there is none any more.
  function act(key, label, onclick, style = "") {
    return el("button", { type: "button", class: style, "data-key": key, disabled: gone, onclick, text: gone ? page.words.restart : label });
  }
  // A lesson could not be opened either then.
  function link(key, label, href, style = "button", more = {}) {
    return gone ? act(key, label, null, style) : el("a", { class: style, "data-key": key, href: to(href), text: label, ...more });
  }

  function draw() {
    const w = page.words, active = root.contains(document.activeElement) ? document.activeElement : null;
    const held = dialog && dialog.open ? null : active?.dataset?.key;
    const from = held && active.selectionStart !== undefined ? [active.selectionStart, active.selectionEnd] : null;
    root.lang = page.html_lang;
    const keep = dialog && dialog.open ? dialog : null;
    for (const child of [...root.children]) if (child !== keep) child.remove();
    const parts = [
      header(w),
      gone && el("p", { class: "banner", role: "alert", text: "✗ " + w.gone }),
      page.problems.length && el("ul", { class: "problems" }, ...page.problems.map(text => el("li", { text: "✗ " + text }))),
      status,
      whoPanel(w),
      nextPanel(w),
      page.units.length && el("section", { "aria-labelledby": uid + "units" }, el("h2", { id: uid + "units", text: w.units }),
        el("div", { class: "units" }, ...page.units.map(unit => card(unit, w)))),
    ].filter(Boolean);
    if (keep) keep.before(...parts); else root.append(...parts);
    if (held) {
      const again = root.querySelector(`[data-key="${CSS.escape(held)}"]`);
      again?.focus();
      if (again && from && from[0] !== null) again.setSelectionRange(...from);
    }
  }

  function header(w) {
    return el("header", {},
      el("div", {},
        el("h1", { text: page.title }),
        el("div", { class: "who" },
          el("span", { text: [page.greeting, page.who.line, page.cohort].filter(Boolean).join(" · ") }),
          page.who.known && !state.who && act("change", w.change, () => {
            state.who = { stage: "type", code: page.who.code, name: page.who.name, problems: {} };
            draw(); focus("code");
          }, "link"))),
      el("div", { class: "languages", role: "group", "aria-label": w.language }, ...page.languages.map(one =>
        el("button", { type: "button", lang: one.html_lang, "data-key": "lang-" + one.lang, "aria-pressed": String(one.on), disabled: gone, text: one.name,
          onclick: () => ask("language", { lang: one.lang }, told => say(told.error || "", Boolean(told.error))) }))));
  }

  const focus = key => root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();

  // Code and name: typed, looked at, confirmed, kept.
  function whoPanel(w) {
    const who = state.who || (page.who.known ? null : (state.who = { stage: "type", code: "", name: page.who.name, problems: {} }));
    if (!who) return null;
    if (who.stage === "confirm") {
      return el("section", { class: "panel", "aria-labelledby": uid + "who" },
        el("h2", { id: uid + "who", tabindex: "-1", "data-key": "confirm", text: w.is_this_you }),
        el("p", { class: "large", text: who.code }), el("p", { class: "large", text: who.name }),
        who.warning && el("p", { class: "urgent", text: who.warning }),
        el("div", { class: "row" },
          act("yes", w.yes, () => ask("keep_who", { code: who.code, name: who.name }, told => {
            if (told.error) return say(told.error, true);
            if (Object.keys(told.who.problems).length) { state.who = { ...who, ...told.who, stage: "type" }; return; }
            state.who = null; say("");
            queueMicrotask(() => focus("next"));
          }), "main"),
          act("no", w.no, () => { who.stage = "type"; draw(); focus("code"); })));
    }
    const field = (name, label, complete) => {
      const why = who.problems[name];
      return el("div", { class: "field" },
        el("label", { for: uid + name, text: label }),
        (() => {
          const input = el("input", { type: "text", id: uid + name, "data-key": name, autocomplete: complete, maxlength: "200",
            spellcheck: "false", "aria-invalid": why ? "true" : null, "aria-describedby": why ? uid + name + "why" : null,
            oninput: event => { who[name] = event.target.value; } });
          input.value = who[name];
          return input;
        })(),
        why && el("p", { class: "error", id: uid + name + "why", text: "✗ " + why }));
    };
    return el("section", { class: "panel", "aria-labelledby": uid + "who" },
      el("h2", { id: uid + "who", text: w.who_heading }),
      !page.who.known && el("p", { class: "muted", text: w.who_why }),
      el("form", { style: "width:100%;display:grid;gap:12px;justify-items:start", novalidate: true, onsubmit: event => {
        event.preventDefault();
        if (gone) return;
        ask("check_who", { code: who.code, name: who.name }, told => {
          if (told.error) return say(told.error, true);
          const wrong = Object.keys(told.who.problems);
          state.who = { ...who, ...told.who, stage: wrong.length ? "type" : "confirm" };
          if (wrong.length) { state.who.code = who.code; state.who.name = who.name; }
          queueMicrotask(() => focus(wrong.length ? wrong[0] : "confirm"));
        });
      } },
        el("div", { class: "fields" }, field("code", w.code, "off"), field("name", w.name, "name")),
        el("div", { class: "row" },
          el("button", { type: "submit", class: "main", "data-key": "go_on", disabled: gone, text: gone ? w.restart : w.go_on }),
          page.who.known && act("cancel", w.cancel, () => { state.who = null; draw(); focus("change"); }))));
  }

  function nextPanel(w) {
    const next = page.next;
    if (next.kind === "code") return null;
    return el("section", { class: "panel", "aria-labelledby": uid + "next" },
      el("h2", { id: uid + "next", text: w.next }),
      next.text && el("p", { text: next.text }),
      next.kind === "link" && link("next", next.label, next.href, "button main big"),
      next.kind === "hand_in" && act("next", next.label, () => handIn(page.units.find(unit => unit.name === next.unit)), "main big"));
  }

  function bar(part) {
    const full = el("span");
    full.style.width = (part.total ? 100 * part.done / part.total : 0) + "%";
    return el("div", { class: "bar", "aria-hidden": "true" }, full);
  }

  function card(unit, w) {
    const id = uid + unit.name, about = { "aria-describedby": id };
    const part = (heading, one, label, key) => (one.href || one.text) && el("div", { class: "part" },
      el("h4", {}, heading, one.minutes && el("span", { class: "muted", text: " · " + one.minutes })),
      one.text && bar(one), one.text && el("p", { class: "num", text: one.text }),
      one.href && link(key + unit.name, label, one.href, "button", about));
    return el("article", { class: "card", "aria-labelledby": id },
      el("h3", { id, text: unit.number + " " + unit.title }),
      unit.due && el("p", { class: unit.urgent ? "num urgent" : "num", text: unit.due }),
      ...unit.notes.map(text => el("p", { class: "urgent", text })),
      part(w.lesson, unit.lesson, w.open_lesson, "lesson-"),
      part(w.exercise, unit.exercise, w.open_exercise, "exercise-"),
      unit.not_handed && el("p", { class: "muted", text: unit.not_handed }),
      unit.handed.length && el("ul", {}, ...unit.handed.map(one => el("li", { class: "num" }, el("div", { text: one.what }), el("div", { class: "muted", text: one.counts })))),
      el("div", { class: "row" },
        unit.can_hand_in && page.who.known && el("button", { type: "button", "data-key": "hand-" + unit.name, disabled: gone, ...about,
          text: gone ? w.restart : unit.handed.length ? w.hand_in_again : w.hand_in, onclick: () => handIn(unit) }),
        (unit.lesson.total || unit.exercise.total) && el("button", { type: "button", "data-key": "answers-" + unit.name, disabled: gone, ...about,
          text: gone ? w.restart : w.my_answers, onclick: () => answers(unit) })));
  }

  function answers(unit) {
    say(page.words.collecting);
    ask("answers", { unit: unit.name }, (told, buffers) => {
      if (told.error || !buffers.length) return say(told.error || page.words.gone, true);
      const url = blob(buffers[0], "text/html");
      const save = el("a", { href: url, download: told.answers.file, hidden: true });
      root.append(save); save.click(); save.remove();
      say(page.words.answers_ready.replace("{file}", told.answers.file));
    }, 20000);
  }

  // Handing in: what is still open, then the file, its receipt and where to send it.
  function handIn(unit) {
    const opener = document.activeElement?.dataset?.key;
    // what was answered in another tab meanwhile is counted first
    ask("look", {}, told => {
      if (told.error) return say(told.error, true);
      const now = page.units.find(one => one.name === unit.name) || unit;
      dialog?.remove();
      dialog = el("dialog", { "aria-labelledby": uid + "dialog" });
      dialog.addEventListener("close", () => {
        dialog?.remove(); dialog = null;
        draw();
        if (opener) focus(opener);
      });
      root.append(dialog);
      before(now, page.words);
      dialog.showModal();
      dialog.querySelector("h2").focus();
    });
  }
  function inside(...parts) {
    dialog?.replaceChildren(el("div", { class: "inside" }, ...parts.filter(Boolean)));
    dialog?.querySelector("h2")?.focus();
  }
  const title = text => el("h2", { id: uid + "dialog", tabindex: "-1", text });
  const listed = questions => el("ul", { class: "open" }, ...questions.map(one => el("li", {},
    one.href ? el("a", { href: to(one.href), text: one.title }) : el("strong", { text: one.title }),
    ...(one.places || []).map(text => el("div", { text })),
    ...one.lacks.map(text => el("div", { class: "muted", text })))));
  // A person's name may be a pseudonym, so it is only shown.
  const again = (unit, w) => unit.look_again.length ? [
    el("h3", { text: w.look_again }), el("p", { class: "muted", text: w.look_again_why }), listed(unit.look_again)] : [];
  function before(unit, w) {
    const back = el("button", { type: "button", text: w.back, onclick: () => dialog.close() });
    const which = el("p", { text: unit.number + " " + unit.title });
    if (unit.take_out.length) {
      inside(title(w.take_out), which, el("p", { class: "urgent", text: w.take_out_why }), listed(unit.take_out), ...again(unit, w),
        el("div", { class: "row" }, back));
      return;
    }
    const open = unit.open.length;
    const go = el("button", { type: "button", class: "main", text: open ? w.anyway : w.make_file, onclick: () => make(unit, w) });
    inside(
      title(open ? w.still_open : w.make_file),
      which,
      open ? listed(unit.open) : el("p", { text: "✓ " + w.all_complete }),
      ...again(unit, w),
      unit.late && el("p", { class: "urgent", text: unit.late }),
      el("div", { class: "row" }, ...(open || unit.look_again.length ? [back, go] : [go, back])));
  }
  function make(unit, w) {
    inside(title(w.handing_in));
    ask("hand_in", { unit: unit.name }, (told, buffers) => {
      if (!dialog) return;
      const shut = el("button", { type: "button", text: w.close, onclick: () => dialog.close() });
      if (told.error || !told.made) {
        inside(title(w.hand_in), el("p", { class: "error", role: "alert", text: "✗ " + (told.error || w.gone) }), shut);
        return;
      }
      const made = told.made;
      inside(
        title(w.made),
        el("p", { class: "muted", text: w.receipt }),
        el("p", { class: "large num", text: made.receipt }),
        ...made.said.map(text => el("p", { text })),
        buffers.length && el("a", { class: "button main", href: blob(buffers[0], "application/zip"), download: made.file, text: w.download }),
        el("p", { class: "muted", text: made.folder }),
        shut);
    }, 30000);
  }

  const look = () => { if (document.visibilityState === "visible" && !done) ask("look"); };
  const beat = setInterval(() => ask("ping"), BEAT);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", look);
  draw();
  ask("ping");
  return () => {
    done = true;
    clearInterval(beat);
    close();
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("pageshow", look);
    urls.forEach(url => URL.revokeObjectURL(url));
  };
}
export default { render };
