// The rubric at the marking desk. It writes into nbgrader's own score field and comment box and
// lets nbgrader save them; the levels stand in the comment, as kamlib.grading.rubric says.
window.kamDesk = (function () {
  "use strict";

  /** Take the levels out of a comment: the script's half of kamlib.grading.rubric.read_levels. */
  function readLevels(text, criteria, rules) {
    const known = new Map(criteria.map((name) => [name.toLowerCase(), name]));
    const lines = text.split(/\r\n|\r|\n/);
    for (let place = 0; place < lines.length; place += 1) {
      const found = lines[place].match(new RegExp(rules.line));
      if (!found) continue;
      const levels = {};
      const left = [];
      for (const part of found[1].split(new RegExp(rules.parts))) {
        const entry = part.normalize("NFKC").toLowerCase().match(new RegExp(rules.entry));
        if (entry && known.has(entry[1])) levels[known.get(entry[1])] = Number(entry[2]);
        else if (part.trim()) left.push(part.trim());
      }
      if (Object.keys(levels).length) {
        const kept = [left.length ? `[${left.join(" · ")}]` : "", found[2].trim()];
        const line = kept.filter(Boolean).join(" ");
        lines.splice(place, 1, ...(line ? [line] : []));
        return { levels, comment: lines.join("\n").trim() };
      }
    }
    return { levels: {}, comment: text.trim() };
  }

  /** Put the levels into a comment, in the order of the criteria. */
  function writeLevels(levels, comment, criteria, top) {
    const given = criteria.filter((name) => name in levels);
    if (!given.length) return comment;
    return `[${given.map((name) => `${name} ${levels[name]}/${top}`).join(" · ")}]\n${comment}`.trim();
  }

  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

  const clock = () => {
    const now = new Date();
    return [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  };

  const panels = [];

  /** One prose answer: its levels and comments, nbgrader's score field and comment box. */
  function panel(root) {
    const read = (name) => JSON.parse(root.dataset[name]);
    const [rules, words, scores] = [read("rules"), read("words"), read("scores")];
    const top = Number(root.dataset.top);
    const points = scores[scores.length - 1];
    const cell = root.dataset.cell;
    const field = document.getElementById(cell);
    const box = document.getElementById(cell + "-comment");
    const groups = [...root.querySelectorAll("[role=radiogroup]")];
    const criteria = groups.map((group) => group.dataset.criterion);
    const status = root.querySelector(".kam-status");
    const waiting = [];
    const failed = new Set();
    let saving = 0;
    let clicked = null;
    let ready = false;
    let saved = "";

    const judged = () => readLevels(box.value, criteria, rules);

    /** Let nbgrader notice a change that was not typed, and save it. */
    function change(element, value) {
      if (element.value === value) return;
      element.value = value;
      if (element === box && window.autosize) window.autosize.update(box);
      element.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function write(levels, comment) {
      change(box, writeLevels(levels, comment, criteria, top));
      const given = criteria.filter((name) => name in levels).map((name) => levels[name]);
      if (given.length === criteria.length) {
        change(field, String(scores[given.reduce((sum, level) => sum + level, 0)]));
      }
    }

    /** Do one thing after another: while nbgrader saves, the box may be set back for a moment. */
    function act(what) {
      waiting.push(what);
      next();
    }
    function next() {
      while (ready && !saving && waiting.length) waiting.shift()();
      show();
    }

    function choose(name, level) {
      act(() => {
        const there = judged();
        const levels = { ...there.levels };
        if (level === null) delete levels[name];
        else levels[name] = level;
        write(levels, there.comment);
      });
    }

    function say(sentence) {
      act(() => {
        const there = judged();
        const lines = there.comment ? there.comment.split("\n") : [];
        const kept = lines.filter((line) => line.trim() !== sentence);
        if (kept.length === lines.length) kept.push(sentence);
        write(there.levels, kept.join("\n"));
      });
    }

    function show() {
      const { levels, comment } = judged();
      const lines = comment.split("\n").map((line) => line.trim());
      for (const group of groups) {
        const name = group.dataset.criterion;
        const buttons = [...group.children];
        const chosen = name in levels ? levels[name] : null;
        buttons.forEach((button) => {
          button.setAttribute("aria-checked", String(Number(button.dataset.level) === chosen));
        });
        rove(group, buttons.find((button) => button.getAttribute("aria-checked") === "true"));
        root.querySelector(`[data-clear="${name}"]`).hidden = chosen === null;
      }
      for (const button of root.querySelectorAll("[data-said]")) {
        button.setAttribute("aria-pressed", String(lines.includes(button.dataset.said.trim())));
      }
      tell(levels);
    }

    function tell(levels) {
      const given = Object.values(levels);
      const score = scores[given.reduce((sum, level) => sum + level, 0)];
      const own = field.value;
      const all = given.length === criteria.length;
      const differs = all && own !== "" && Number(own) !== score;
      const which = !ready ? "wait" : !given.length ? "none" : !all ? "some" : differs ? "differs" : "all";
      const values = { n: given.length, total: criteria.length, score, points, own };
      const parts = [fill(words[which], values)];
      status.toggleAttribute("data-state", failed.size > 0);
      if (failed.size) status.dataset.state = "unsaved";
      const text = failed.size ? words.unsaved : parts[0];
      const when = !failed.size && saved ? fill(words.saved, { time: saved }) : "";
      if (status.dataset.text === text + when) return;
      status.dataset.text = text + when;
      status.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
      if (when) {
        status.append(Object.assign(document.createElement("span"), { className: "kam-when", textContent: when }));
      }
      if (failed.size) {
        const again = Object.assign(document.createElement("button"), { type: "button", textContent: words.again });
        again.addEventListener("click", () => {
          for (const element of [field, box]) element.dispatchEvent(new Event("change", { bubbles: true }));
        });
        status.append(again);
      }
    }

    /** Keep one button of a group in the order of tabbing: the one that has the focus, else this. */
    function rove(group, to) {
      const buttons = [...group.children];
      const now = buttons.find((button) => button === document.activeElement) || to || buttons[0];
      buttons.forEach((button) => { button.tabIndex = button === now ? 0 : -1; });
    }

    function keys(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      // nbgrader's page would take these for itself
      if (event.key === "Enter" || event.key === " ") event.stopPropagation();
      const group = event.target.closest("[role=radiogroup], .kam-bank");
      if (!group) return;
      const buttons = [...group.children];
      const place = buttons.indexOf(event.target);
      const moves = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: -1 };
      const name = group.dataset.criterion;
      if (event.key in moves) {
        const to = buttons.at(moves[event.key] % buttons.length);
        to.focus();
        rove(group, to);
      } else if (name && /^[0-9]$/.test(event.key) && Number(event.key) <= top) {
        buttons[Number(event.key)].focus();
        choose(name, Number(event.key));
      } else if (name && (event.key === "Delete" || event.key === "Backspace")) {
        choose(name, null);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    }

    root.addEventListener("keydown", keys);
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || (event.detail > 1 && button === clicked)) return; // the second half of a double click
      clicked = button;
      if (button.dataset.level) choose(button.parentElement.dataset.criterion, Number(button.dataset.level));
      else if (button.dataset.clear) {
        choose(button.dataset.clear, null);
        groups[criteria.indexOf(button.dataset.clear)].children[0].focus();
      } else if (button.dataset.said) say(button.dataset.said.trim());
    });
    for (const element of [field, box]) {
      for (const kind of ["input", "change"]) element.addEventListener(kind, show);
    }

    /** Follow nbgrader's own records of the score and the comment. */
    function follow(models) {
      for (const model of models) {
        model.on("request", () => { saving += 1; });
        model.on("sync", () => { failed.delete(model); saved = clock(); });
        model.on("error", () => { failed.add(model); });
        model.on("sync error", () => { saving -= 1; next(); });
        model.on("change", show);
      }
      ready = true;
      next();
    }

    show();
    return { cell, follow, busy: () => saving > 0 || waiting.length > 0 };
  }

  /** Wait until nbgrader has fetched a list of its records. */
  function fetched(list) {
    return new Promise((done) => {
      if (list.loaded) done();
      else list.once("sync", () => done());
    });
  }

  // nbgrader's page moves on Tab from one of its own fields to the next; ours lie between them.
  function tab(event) {
    if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
    const stops = [...document.querySelectorAll(".tabbable, .kam-desk button, .kam-desk summary")].filter(
      (one) => one === document.activeElement || (one.tabIndex >= 0 && one.getClientRects().length),
    );
    const place = stops.indexOf(document.activeElement);
    if (place < 0) return;
    const to = stops[(place + (event.shiftKey ? -1 : 1) + stops.length) % stops.length];
    if (![document.activeElement, to].some((one) => one.closest(".kam-desk"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    to.focus();
  }

  /** Say at the top of the page where the answers are that a person marks. */
  function jump(roots) {
    const line = document.createElement("p");
    line.className = "kam-jump";
    line.lang = roots[0].lang;
    line.append(JSON.parse(roots[0].dataset.words).jump);
    for (const root of roots) {
      const link = document.createElement("a");
      link.href = `#${root.id}`;
      link.textContent = root.getAttribute("aria-label");
      line.append(link);
    }
    document.getElementById("notebook-container").prepend(line);
  }

  window.addEventListener("keydown", tab, true);
  window.addEventListener("beforeunload", (event) => {
    if (panels.some((one) => one.busy())) event.preventDefault();
  });
  window.addEventListener("load", async () => {
    const roots = [...document.querySelectorAll(".kam-desk")];
    panels.push(...roots.map(panel));
    if (roots.length) jump(roots);
    const { grades, comments } = window.formgrader;
    await Promise.all([fetched(grades), fetched(comments)]);
    for (const one of panels) {
      const own = (list) => list.filter((model) => model.get("name") === one.cell);
      one.follow([...own(grades), ...own(comments)]);
    }
  });

  return { readLevels, writeLevels };
})();
