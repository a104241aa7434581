// The rules of the game, without a page: a state goes in, another comes out.
globalThis.Rules = (() => {
  const size = 4;
  const goal = 2048;

  /** For each direction the lines of places, each in the order in which tiles come to rest. */
  const lines = Object.fromEntries(
    ["left", "right", "up", "down"].map((direction) => {
      const across = direction === "left" || direction === "right";
      const backwards = direction === "right" || direction === "down";
      const line = (i) => {
        const places = Array.from({ length: size }, (_, j) => (across ? i * size + j : j * size + i));
        return backwards ? places.reverse() : places;
      };
      return [direction, Array.from({ length: size }, (_, i) => line(i))];
    }),
  );

  /** A new game with two tiles. `random` gives numbers from 0 up to 1. */
  function start(random) {
    const empty = { tiles: [], score: 0, nextId: 1 };
    return add(add(empty, random), random);
  }

  /** Adds a tile, mostly a 2, to one of the free places. */
  function add(state, random) {
    const taken = new Set(state.tiles.map(({ place }) => place));
    const free = Array.from({ length: size * size }, (_, place) => place).filter((place) => !taken.has(place));
    const place = free[Math.floor(random() * free.length)];
    const value = random() < 0.9 ? 2 : 4;
    return { ...state, tiles: [...state.tiles, { id: state.nextId, place, value }], nextId: state.nextId + 1 };
  }

  /**
   * Slides every tile as far as it goes; two equal ones become one, each at most once a move. `joined` lists the tiles
   * that grew, `gone` those that went into them, at the place where they ended. Nothing moved: the same state.
   */
  function slide(state, direction) {
    const at = new Map(state.tiles.map((tile) => [tile.place, tile]));
    const tiles = [];
    const gone = [];
    const joined = [];
    for (const places of lines[direction]) {
      let last;
      let rest = 0;
      for (const tile of places.map((place) => at.get(place)).filter(Boolean)) {
        if (last && last.value === tile.value && !joined.includes(last)) {
          gone.push({ ...tile, place: last.place });
          last.value *= 2;
          joined.push(last);
        } else {
          last = { ...tile, place: places[rest] };
          rest += 1;
          tiles.push(last);
        }
      }
    }
    const moved = gone.length > 0 || tiles.some((tile) => !at.get(tile.place) || at.get(tile.place).id !== tile.id);
    const gained = joined.reduce((sum, { value }) => sum + value, 0);
    return { moved, gone, joined, state: moved ? { ...state, tiles, score: state.score + gained } : state };
  }

  /** Whether no move is left. */
  function isOver(state) {
    return Object.keys(lines).every((direction) => !slide(state, direction).moved);
  }

  /** Whether a tile has reached the goal. */
  function isWon(state) {
    return state.tiles.some(({ value }) => value >= goal);
  }

  return { size, start, add, slide, isOver, isWon, directions: Object.keys(lines) };
})();
