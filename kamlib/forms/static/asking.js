// What the pages share that ask the kernel: an answer or a loss, and where other pages lie.

// Each question has a number; what is not answered in time counts as lost, and so does all else.
function asking(model, { wait, heard, lost }) {
  const waiting = new Map();
  let seq = 0;
  function ask(kind, more = {}, then = null, patience = wait, buffers = []) {
    const mine = ++seq;
    waiting.set(mine, { then, timer: setTimeout(() => { if (waiting.has(mine)) drop(); }, patience) });
    try { model.send({ kind, seq: mine, ...more }, undefined, buffers); } catch { drop(); }
  }
  function forget() {
    for (const one of waiting.values()) clearTimeout(one.timer);
    waiting.clear();
  }
  function drop() { forget(); lost(); }
  function hear(told, buffers) {
    if (!told || told.ack === undefined || told.ack === null) return;
    const mine = waiting.get(told.ack);
    if (mine) clearTimeout(mine.timer);
    waiting.delete(told.ack);
    heard(told, buffers || [], mine?.then);
  }
  model.on("msg:custom", hear);
  return { ask, close() { forget(); model.off("msg:custom", hear); } };
}

// The address of a page or file of the same server, whichever front end shows this one.
function serverRoot(location, config) {
  const seen = /^(.*?)\/(?:notebooks|lab(?:\/workspaces\/[^/]+)?\/tree|doc(?:\/workspaces\/[^/]+)?\/tree)\//.exec(location.pathname);
  return seen ? seen[1] + "/" : new URL((config && config.baseUrl) || "/", location.origin).pathname;
}

function pageConfig() {
  try { return JSON.parse(document.getElementById("jupyter-config-data").textContent); } catch { return null; }
}
