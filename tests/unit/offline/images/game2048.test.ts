import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import fc from "fast-check";

interface Tile {
  id: number;
  place: number;
  value: number;
}
interface State {
  tiles: Tile[];
  score: number;
  nextId: number;
}
interface Rules {
  directions: string[];
  start(random: () => number): State;
  add(state: State, random: () => number): State;
  slide(state: State, direction: string): { moved: boolean; state: State; gone: Tile[]; joined: Tile[] };
  isOver(state: State): boolean;
  isWon(state: State): boolean;
}

const source = readFileSync(join(__dirname, "../../../../offline/images/2048/rules.js"), "utf8");
const rules = runInNewContext(`${source}\nRules`) as Rules;

const stateOf = (values: readonly number[]): State => ({
  tiles: values.flatMap((value, place) => (value ? [{ id: place + 1, place, value }] : [])),
  score: 0,
  nextId: 100,
});
const valuesOf = ({ tiles }: State) => {
  const values = Array<number>(16).fill(0);
  for (const { place, value } of tiles) {
    values[place] = value;
  }
  return values;
};
const row = (values: readonly number[]) => stateOf([...values, ...Array<number>(12).fill(0)]);
const firstRow = (state: State) => valuesOf(state).slice(0, 4);

test.each([
  [[0, 0, 0, 2], "left", [2, 0, 0, 0], 0],
  [[2, 2, 0, 0], "left", [4, 0, 0, 0], 4],
  [[2, 2, 2, 2], "left", [4, 4, 0, 0], 8],
  [[2, 2, 4, 0], "left", [4, 4, 0, 0], 4],
  [[2, 2, 2, 0], "left", [4, 2, 0, 0], 4],
  [[2, 2, 2, 0], "right", [0, 0, 2, 4], 4],
  [[4, 0, 0, 4], "right", [0, 0, 0, 8], 8],
])("%j to the %s is %j, for %i points", (values, direction, expected, score) => {
  const { state, moved } = rules.slide(row(values), direction);
  expect(moved).toBe(true);
  expect([firstRow(state), state.score]).toEqual([expected, score]);
});

test("columns move up and down", () => {
  const column = stateOf([2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]);
  expect(valuesOf(rules.slide(column, "up").state)).toEqual([4, 0, 0, 0, 4, ...Array(11).fill(0)]);
  expect(valuesOf(rules.slide(column, "down").state)).toEqual([...Array(8).fill(0), 4, 0, 0, 0, 4, 0, 0, 0]);
});

test("what cannot move stays the same state", () => {
  const state = row([2, 4, 2, 4]);
  expect(rules.slide(state, "left")).toMatchObject({ moved: false });
  expect(rules.slide(state, "left").state).toBe(state);
});

test("the end: no place free and no equal neighbours", () => {
  const full = [2, 4, 2, 4, 4, 2, 4, 2, 2, 4, 2, 4, 4, 2, 4, 2];
  expect(rules.isOver(stateOf(full))).toBe(true);
  expect(rules.isOver(stateOf([4, ...full.slice(1)]))).toBe(false);
  expect(rules.isWon(stateOf(full))).toBe(false);
  expect(rules.isWon(row([2048, 0, 0, 0]))).toBe(true);
});

test("any game: tiles keep to their places and their sum, until it is over", () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })), (numbers) => {
      const random = () => numbers.next().value as number;
      const sum = (state: State) => state.tiles.reduce((total, { value }) => total + value, 0);
      let state = rules.start(random);
      expect(state.tiles).toHaveLength(2);
      for (let moves = 0; moves < 60; moves++) {
        const {
          moved,
          state: slid,
          gone,
          joined,
        } = rules.slide(state, rules.directions[Math.floor(random() * 4)] as string);
        expect(sum(slid)).toBe(sum(state));
        expect(gone).toHaveLength(joined.length);
        expect(slid.tiles.length + gone.length).toBe(state.tiles.length);
        if (moved) {
          state = rules.add(slid, random);
        } else if (rules.isOver(state)) {
          break;
        }
        expect(new Set(state.tiles.map(({ place }) => place)).size).toBe(state.tiles.length);
        expect(new Set(state.tiles.map(({ id }) => id)).size).toBe(state.tiles.length);
      }
    }),
    { numRuns: 50 },
  );
});
