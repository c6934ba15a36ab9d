import { expect, it } from "vitest";
import { applyChanges, planChanges } from "../../src/imaging/clean/clean-page.ts";
import { drawnOn, FACTS, fullPage, greyPage, resized } from "./clean-pages.ts";
import { pixels, withNoise, type Page } from "./made-pages.ts";

const STEPS = ["holes"] as const;
const MM = 200 / 25.4;

function disc(x: number, y: number, diameter = 6, colour = "#1c1c1c"): string {
  return `<circle cx="${x * MM}" cy="${y * MM}" r="${(diameter / 2) * MM}" fill="${colour}"/>`;
}

/** Pixels outside the boxes of the change that differ, and pixels inside them that do. */
function differing(a: Page, b: Page, boxes: readonly { x0: number; y0: number; x1: number; y1: number }[]) {
  const count = { outside: 0, inside: 0 };
  for (let i = 0; i < a.width * a.height; i++) {
    if (a.data[i * 3] === b.data[i * 3]) continue;
    const [x, y] = [i % a.width, Math.floor(i / a.width)];
    const inside = boxes.some((box) => x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1);
    count[inside ? "inside" : "outside"] += 1;
  }
  return count;
}

it.each([
  ["two dark holes", 2, disc(12, 108.5) + disc(12, 188.5)],
  ["two grey holes of 5.5 mm", 2, disc(11, 107, 5.5, "#8f9090") + disc(11.6, 187, 5.5, "#939291")],
  ["four holes of a lever arch file", 4, [28, 108, 188, 268].map((y) => disc(13, y)).join("")],
  ["holes at the right, of a back side", 2, disc(198, 108.5) + disc(198, 188.5)],
  ["holes at the top", 2, disc(65, 12) + disc(145, 12)],
  ["half discs at the very edge", 2, disc(0.3, 108.5) + disc(0.1, 188.5)],
])("fills %s with the paper's colour and nothing else", async (_, count, shapes) => {
  const page = await fullPage();
  const tinted = { ...page, data: await pixels(page).linear([0.96, 0.95, 0.9], [0, 0, 0]).raw().toBuffer() };
  const punched = await drawnOn(tinted, shapes);
  const changes = planChanges(punched, FACTS, STEPS);
  const boxes = changes.flatMap((change) => (change.kind === "holes" ? change.boxes : []));
  expect(boxes).toHaveLength(count);
  const result = applyChanges(punched, changes, 1);
  expect(differing(result, tinted, boxes)).toEqual({ outside: 0, inside: 0 });
  expect(planChanges(result, FACTS, STEPS)).toEqual([]);
});

it("fills the holes of the whole page where it found them in the working view", async () => {
  const page = await fullPage(300);
  const shapes = [108.5, 188.5].map(
    (y) => `<circle cx="${(12 * 300) / 25.4}" cy="${(y * 300) / 25.4}" r="35" fill="#111"/>`,
  );
  const punched = await drawnOn(page, shapes.join(""));
  const work = withNoise(await resized(punched, 2 / 3), 10);
  const changes = planChanges(work, { ...FACTS, dpi: 300, scale: work.width / page.width }, STEPS);
  expect(changes).toHaveLength(1);
  expect(applyChanges(punched, changes, 1).data.equals(page.data)).toBe(true);
  const grey = applyChanges(greyPage(punched), changes, 1);
  expect(grey.channels).toBe(1);
  expect(grey.data.equals(greyPage(page).data)).toBe(true);
});

it.each([
  ["a page without any", ""],
  ["a single disc", disc(12, 108.5)],
  ["discs at another spacing", disc(12, 100) + disc(12, 165)],
  ["discs in the middle of the page", disc(90, 190) + disc(90, 270)],
  ["red stickers", disc(12, 108.5, 6, "#d01818") + disc(12, 188.5, 6, "#d01818")],
  [
    "rings, as of letters and check boxes",
    [108.5, 188.5]
      .map(
        (y) => `<circle cx="${12 * MM}" cy="${y * MM}" r="20" fill="none" stroke="#000" stroke-width="8"/>`,
      )
      .join(""),
  ],
  ["bullets of 3 mm", [108.5, 188.5].map((y) => disc(12, y, 3)).join("")],
  ["squares", [105, 185].map((y) => `<rect x="70" y="${y * MM}" width="46" height="46"/>`).join("")],
  ["round seals", disc(25, 108.5, 30, "#c33") + disc(25, 188.5, 30, "#333")],
  [
    "discs with writing beside them",
    disc(12, 108.5) + disc(12, 188.5) + `<path d="M120 700V1600" stroke="#000" stroke-width="6"/>`,
  ],
])("leaves %s alone", async (_, shapes) => {
  expect(planChanges(await drawnOn(await fullPage(), shapes), FACTS, STEPS)).toEqual([]);
});
