// A scene in the page: a conversation that is played line by line, and what each choice does.
// No sentence stands here: all come as data. What the form lends stands in `tools`.

const SHOWN_PLAYS = 5; // so many earlier plays stand beside the last one

const signed = (n) => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : "0");

// Follow the choices of a path from the start, as far as the scene has them.
function walkScene(part, path) {
  const measures = new Map(part.measures.map(([name]) => [name, 0]));
  const steps = [];
  const turnAt = (name) => part.turns[name] ?? { lines: [], choices: [], ending: "" };
  let turn = turnAt(part.start), lost = false;
  for (const name of path) {
    const choice = turn.choices.find((one) => one.name === name);
    if (!choice) { lost = true; break; }
    steps.push({ turn, choice });
    for (const [measure, by] of Object.entries(choice.effects)) measures.set(measure, measures.get(measure) + by);
    turn = turnAt(choice.to);
  }
  return { steps, turn, measures, lost, over: !turn.choices.length };
}

function drawScene(part, tools) {
  const { say, id } = tools;
  const names = (walk) => walk.steps.map((step) => step.choice.name);
  const headingId = id(), endId = id(), tableId = id();
  const talk = el("div", { class: "kam-talk", role: "log", "aria-live": "polite", "aria-label": part.label });
  const go = el("button", { type: "button", class: "kam-go", text: say("go_on"), onclick: goOn });
  const choices = el("div", { class: "kam-choices", role: "group", tabindex: "-1", "aria-labelledby": headingId });
  const end = el("div", { class: "kam-end", role: "group", tabindex: "-1", "aria-labelledby": endId });
  const meters = el("dl", { class: "kam-meters" });
  const back = el("button", { type: "button", text: say("step_back"), onclick: stepBack });
  const again = el("button", { type: "button", text: say("play_again"), onclick: playAgain });
  // `shown` lines of the present turn are to be seen; `marks` tells how long the talk was before
  // each choice; after a choice it pauses, so that what the choice did can be read.
  let walk, shown = 0, marks = [], paused = false;

  function bar(value) {
    const fill = el("i", { class: value < 0 ? "kam-minus" : "kam-plus" });
    fill.style.width = `${(50 * Math.min(Math.abs(value), part.reach)) / part.reach}%`;
    return el("span", { class: "kam-gauge", "aria-hidden": "true" }, fill);
  }

  const spoken = (line) => el("p", { class: line.mine ? "kam-line kam-mine" : "kam-line" },
    el("strong", { text: line.who }), " ", el("span", { text: line.says }));

  function reveal(upTo) {
    const { lines } = walk.turn;
    for (; shown < Math.min(upTo, lines.length); shown++) talk.append(spoken(lines[shown]));
  }

  function chosen(choice) {
    marks.push(talk.childElementCount);
    talk.append(spoken({ who: part.you, mine: true, says: choice.says }));
    if (choice.moves) talk.append(el("p", { class: "kam-moved", text: choice.moves }));
  }

  // From the path as it is kept; a conversation that was left open is all there at once.
  function fromPath() {
    walk = walkScene(part, tools.path());
    talk.replaceChildren();
    [marks, shown, paused] = [[], 0, false];
    for (const step of walk.steps) {
      for (const line of step.turn.lines) talk.append(spoken(line));
      chosen(step.choice);
    }
    reveal(walk.steps.length ? Infinity : 1);
  }

  // Show what there is to do now; with `move`, the focus goes there.
  function settle(move) {
    const waiting = paused || shown < walk.turn.lines.length;
    const over = walk.over && !waiting;
    const beside = over ? sideBySide() : [];
    choices.replaceChildren();
    end.replaceChildren();
    if (!waiting && !over) {
      choices.append(el("p", { class: "kam-heading", id: headingId, text: say("what_now") }),
        ...walk.turn.choices.map((choice) => el("button", {
          type: "button", class: "kam-says", text: choice.says, onclick: () => choose(choice),
        })));
    }
    if (over) {
      end.append(el("p", { class: "kam-heading", id: endId, text: say("ended") }),
        el("p", { text: walk.turn.ending }), ...beside);
    }
    meters.replaceChildren(...part.measures.map(([name, label]) => el("div", {},
      el("dt", { text: label }),
      el("dd", {}, el("span", { class: "kam-value", text: signed(walk.measures.get(name)) }), bar(walk.measures.get(name))))));
    choices.hidden = waiting || over;
    end.hidden = !over;
    go.hidden = !waiting;
    meters.hidden = beside.length > 0; // the table says it
    back.hidden = !walk.steps.length;
    again.hidden = !over;
    tools.over(over);
    if (!move) return;
    const target = waiting ? go : over ? end : choices;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }

  function goOn() {
    paused = false;
    reveal(shown + 1);
    settle(true);
  }

  function choose(choice) {
    const plays = walk.lost ? [...tools.plays(), tools.path()] : tools.plays();
    tools.change([...names(walk), choice.name], plays);
    walk = walkScene(part, tools.path());
    chosen(choice);
    [shown, paused] = [0, true];
    settle(true);
  }

  function stepBack() {
    const mark = marks.pop();
    tools.change(names(walk).slice(0, -1), tools.plays());
    walk = walkScene(part, tools.path());
    while (talk.childElementCount > mark) talk.lastElementChild.remove();
    [shown, paused] = [walk.turn.lines.length, false];
    settle(true);
  }

  function playAgain() {
    const played = names(walk), kept = tools.plays();
    const known = kept.some((play) => JSON.stringify(play) === JSON.stringify(played));
    tools.change([], known ? kept : [...kept, played]);
    fromPath();
    settle(true);
  }

  // The end: every way in a line of its own, the trainee's before the others'.
  function sideBySide() {
    const here = JSON.stringify(names(walk));
    const earlier = tools.plays()
      .map((path, n) => ({ name: say("earlier_play", { n: n + 1 }), path }))
      .filter(({ path }) => Array.isArray(path) && JSON.stringify(path) !== here)
      .map((way) => ({ ...way, walk: walkScene(part, way.path) }))
      .filter((way) => way.walk.over && !way.walk.lost).slice(-SHOWN_PLAYS);
    const others = part.others.map((way) => ({ ...way, walk: walkScene(part, way.path) }));
    const ways = [...earlier, { name: say("this_play"), walk, mine: true }, ...others];
    if (ways.length < 2) return [];
    const most = new Map(part.measures.map(([name]) => {
      const all = ways.map((way) => way.walk.measures.get(name));
      return [name, new Set(all).size > 1 ? Math.max(...all) : null];
    }));
    // The roles stand here in words because a narrow page lays the table out as cards.
    const cell = (label, ...inside) => el("td", { role: "cell", "data-label": label }, ...inside);
    const head = [say("who"), ...part.measures.map(([, label]) => label), say("ended")];
    return [
      el("p", { class: "kam-heading", id: tableId, text: say("side_by_side") }),
      el("table", { class: "kam-ways", role: "table", "aria-labelledby": tableId },
        el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
          ...head.map((text) => el("th", { scope: "col", role: "columnheader", text })))),
        el("tbody", { role: "rowgroup" }, ...ways.map((way) => el("tr", { role: "row", class: way.mine && "kam-this" },
          el("th", { scope: "row", role: "rowheader", text: way.name }),
          ...part.measures.map(([name, label]) => {
            const value = way.walk.measures.get(name);
            return cell(label, el("span", { class: "kam-value", text: `${signed(value)}${value === most.get(name) ? " ★" : ""}` }), bar(value));
          }),
          cell(say("ended"), el("span", { text: way.walk.turn.ending })))))),
      [...most.values()].some((value) => value !== null) ? el("p", { class: "kam-help", text: say("most") }) : "",
    ];
  }

  fromPath();
  settle(false);
  return el("div", { class: "kam-scene", role: "group", "aria-label": part.label },
    talk, go, choices, end, meters, el("div", { class: "kam-buttons" }, back, again));
}
