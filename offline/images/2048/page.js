// The page around the rules: shows the state, takes keys, swipes and buttons, and tells what happened.
const { Rules } = globalThis;
const $ = (id) => document.getElementById(id);
const keys = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  a: "left",
  d: "right",
  w: "up",
  s: "down",
  h: "left",
  l: "right",
  k: "up",
  j: "down",
};
const swipePixels = 24;

/** What outlives a reload. A browser may forbid to keep anything; the game goes on without. */
const memory = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(`2048-${key}`));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`2048-${key}`, JSON.stringify(value));
    } catch {
      // Private windows refuse.
    }
  },
};

let state = memory.get("state") ?? Rules.start(Math.random);
let earlier;
let best = memory.get("best") ?? 0;
let toldOfWin = Rules.isWon(state);
/** Elements by tile id, so that a tile that moves is the same element and can be seen to move. */
const elements = new Map();

function place(element, tile) {
  element.style.setProperty("--column", tile.place % Rules.size);
  element.style.setProperty("--row", Math.floor(tile.place / Rules.size));
}

function show({ gone = [], joined = [] } = {}) {
  const staying = new Set(state.tiles.map(({ id }) => id));
  for (const tile of gone) {
    const element = elements.get(tile.id);
    if (element) {
      place(element, tile);
      element.classList.add("gone");
      // Without animations there is no end of one to wait for.
      setTimeout(() => element.remove(), 150);
      elements.delete(tile.id);
    }
  }
  for (const [id, element] of elements) {
    if (!staying.has(id)) {
      element.remove();
      elements.delete(id);
    }
  }
  for (const tile of state.tiles) {
    let element = elements.get(tile.id);
    if (!element) {
      element = document.createElement("div");
      element.append(document.createElement("span"));
      elements.set(tile.id, element);
      $("tiles").append(element);
    }
    element.className = `tile power-${Math.min(Math.log2(tile.value), 12)}`;
    element.classList.toggle(
      "joined",
      joined.some(({ id }) => id === tile.id),
    );
    element.firstChild.textContent = tile.value;
    element.dataset.digits = String(tile.value).length;
    place(element, tile);
  }
  $("score").textContent = state.score;
  $("best").textContent = best;
  $("undo").disabled = earlier === undefined;
  describe();
}

/** The board in words, for those who do not see it. */
function describe() {
  const values = Array(Rules.size * Rules.size).fill(0);
  for (const tile of state.tiles) values[tile.place] = tile.value;
  for (const [index, cell] of [...$("words").querySelectorAll("td")].entries()) {
    cell.textContent = values[index] || "empty";
  }
}

function say(text) {
  $("status").textContent = text;
}

function save() {
  best = Math.max(best, state.score);
  memory.set("best", best);
  memory.set("state", state);
}

function move(direction) {
  const moved = Rules.slide(state, direction);
  if (!moved.moved) {
    say(Rules.isOver(state) ? ending() : `Nothing moves ${direction}.`);
    return;
  }
  earlier = state;
  state = Rules.add(moved.state, Math.random);
  save();
  show(moved);
  if (Rules.isOver(state)) {
    say(ending());
  } else if (Rules.isWon(state) && !toldOfWin) {
    toldOfWin = true;
    say("2048! You have won, and may go on.");
  } else {
    const made = moved.joined.map(({ value }) => value).join(" and ");
    say(made ? `Moved ${direction}, made ${made}.` : `Moved ${direction}.`);
  }
}

const ending = () => `No move is left. Your score is ${state.score}. Take a move back, or begin a new game.`;

function begin() {
  state = Rules.start(Math.random);
  earlier = undefined;
  toldOfWin = false;
  save();
  show();
  say("A new game. Use the arrow keys, swipe, or press the buttons below.");
}

function undo() {
  if (earlier) {
    state = earlier;
    earlier = undefined;
    save();
    show();
    say("Took one move back.");
  }
}

addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (keys[key]) {
    event.preventDefault();
    move(keys[key]);
  } else if (key === "u") undo();
});

let from;
$("board").addEventListener("pointerdown", (event) => {
  from = { x: event.clientX, y: event.clientY };
});
addEventListener("pointercancel", () => {
  from = undefined;
});
addEventListener("pointerup", (event) => {
  if (!from) return;
  const [x, y] = [event.clientX - from.x, event.clientY - from.y];
  from = undefined;
  if (Math.max(Math.abs(x), Math.abs(y)) < swipePixels) return;
  if (Math.abs(x) > Math.abs(y)) move(x > 0 ? "right" : "left");
  else move(y > 0 ? "down" : "up");
});

for (const direction of Rules.directions) {
  $(direction).addEventListener("click", () => move(direction));
}
$("new").addEventListener("click", begin);
$("undo").addEventListener("click", undo);
show();
