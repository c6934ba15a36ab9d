import { describe, expect, it } from "vitest";
import { parseUntil } from "../../src/domain/until.ts";

/** A Friday, local time. */
const NOW = new Date(2026, 10, 20, 17, 30);

function local(date: Date | undefined): string {
  if (date === undefined) return "never";
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

describe("--until", () => {
  it("asks for nothing when it is not given", () => {
    expect(parseUntil(undefined, NOW)).toBeUndefined();
  });

  it.each([
    ["+8h", "2026-11-21 01:30"],
    ["+90m", "2026-11-20 19:00"],
    ["+1.5h", "2026-11-20 19:00"],
    ["06:00", "2026-11-21 06:00"],
    ["18:00", "2026-11-20 18:00"],
    ["Mon 06:00", "2026-11-23 06:00"],
    ["monday 6:00", "2026-11-23 06:00"],
    ["Fri 18:00", "2026-11-20 18:00"],
    ["Fri 17:30", "2026-11-27 17:30"],
    ["Sun 23:59", "2026-11-22 23:59"],
    ["2026-11-21T06:00", "2026-11-21 06:00"],
    ["2026-12-31T23:59:00", "2026-12-31 23:59"],
  ])("%s is %s", (text, wanted) => {
    expect(local(parseUntil(text, NOW))).toBe(wanted);
  });

  it.each(["", "yesterday", "Xyz 06:00", "+8", "-8h", "+0h", "2020-01-01", "25:00", "06:61"])(
    "refuses %j as wrong usage",
    (text) => {
      expect(() => parseUntil(text, NOW)).toThrow(expect.objectContaining({ code: "usage" }) as Error);
    },
  );
});
