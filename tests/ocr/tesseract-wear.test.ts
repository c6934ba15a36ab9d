import { expect, it } from "vitest";
import { createWear } from "../../src/ocr/tesseract-wear.ts";

const [small, large] = [new Uint8Array(4e6), new Uint8Array(16e6)];

it("lasts for hundreds of pages and no longer", () => {
  const wear = createWear();
  for (let page = 1; page < 500; page++) wear.note(small);
  expect(wear.worn()).toBe(false);
  wear.note(small);
  expect(wear.worn()).toBe(true);
});

it("ends when large sheets are over, not while they come", () => {
  const wear = createWear();
  const note = (image: Uint8Array, times: number): boolean => {
    for (let page = 0; page < times; page++) wear.note(image);
    return wear.worn();
  };
  expect(note(large, 30)).toBe(false);
  expect(note(small, 99)).toBe(false);
  expect(note(large, 1)).toBe(false);
  expect(note(small, 99)).toBe(false);
  expect(note(small, 1)).toBe(true);
});
