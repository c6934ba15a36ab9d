import { expect, it } from "vitest";
import {
  isWeekend,
  parseDay,
  parsePeriod,
  periodBetween,
  vietnamDay,
  vietnamTime,
} from "../../src/domain/period.ts";

it("reads months, quarters, ISO weeks and years as days that are both included", () => {
  expect(parsePeriod("2026-11")).toEqual({ label: "2026-11", from: "2026-11-01", to: "2026-11-30" });
  expect(parsePeriod("2024-02")).toMatchObject({ to: "2024-02-29" });
  expect(parsePeriod("2026-q4")).toEqual({ label: "2026-Q4", from: "2026-10-01", to: "2026-12-31" });
  expect(parsePeriod("2026")).toEqual({ label: "2026", from: "2026-01-01", to: "2026-12-31" });
  expect(parsePeriod("2026-W47")).toEqual({ label: "2026-W47", from: "2026-11-16", to: "2026-11-22" });
});

it("lets an ISO week reach over the turn of the year and knows which years have 53", () => {
  expect(parsePeriod("2026-W01")).toMatchObject({ from: "2025-12-29", to: "2026-01-04" });
  expect(parsePeriod("2026-W53")).toMatchObject({ from: "2026-12-28", to: "2027-01-03" });
  expect(parsePeriod("2025-W53")).toBeUndefined();
});

it.each(["", "11-2026", "2026-13", "2026-00", "2026-Q5", "2026-W00", "2026-W54", "2026-1", "0000", "x2026"])(
  "refuses %j as a period",
  (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  },
);

it("reads days as people and exports write them", () => {
  expect(parseDay("2026-11-05")).toBe("2026-11-05");
  expect(parseDay(" 5/11/2026 08:30 ")).toBe("2026-11-05");
  expect(parseDay("05.11.2026")).toBe("2026-11-05");
  expect(parseDay("2026-11-05T08:30:00+07:00")).toBe("2026-11-05");
  for (const wrong of ["30/02/2026", "2026-02-30", "11/2026", "", "31/4/2026"])
    expect(parseDay(wrong)).toBeUndefined();
});

it("takes a range only in the right order", () => {
  expect(periodBetween("01/10/2026", "2026-11-22")).toEqual({
    label: "2026-10-01..2026-11-22",
    from: "2026-10-01",
    to: "2026-11-22",
  });
  expect(periodBetween("2026-11-22", "2026-11-21")).toBeUndefined();
  expect(periodBetween("2026-11-22", "mai")).toBeUndefined();
});

it("counts days in Việt Nam's time and knows weekends", () => {
  expect(vietnamDay(new Date("2026-11-20T17:30:00Z"))).toBe("2026-11-21");
  expect(vietnamTime("2026-11-20T17:30:00Z")).toBe("21/11/2026 00:30");
  expect(vietnamTime("hôm qua")).toBe("hôm qua");
  expect(isWeekend("2026-11-21")).toBe(true);
  expect(isWeekend("2026-11-22")).toBe(true);
  expect(isWeekend("2026-11-23")).toBe(false);
});
