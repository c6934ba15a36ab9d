import { OperationalError } from "./errors.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const HOUR_MS = 3_600_000;

/**
 * When to stop taking work: `+8h`, `+90m`, an ISO date and time, `06:00`, or a weekday with a time (`Mon 06:00`), the
 * next one after `now` in local time.
 * @returns undefined when nothing was asked. Throws `usage` for anything else and for the past.
 */
export function parseUntil(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const when = relative(text, now) ?? weekly(text, now) ?? new Date(text);
  if (Number.isNaN(when.getTime()) || when <= now) throw new OperationalError("usage", `--until ${text}`);
  return when;
}

function relative(text: string, now: Date): Date | undefined {
  const parts = /^\+(?<amount>\d+(?:\.\d+)?)(?<unit>[hm])$/u.exec(text.trim())?.groups;
  if (parts === undefined) return undefined;
  const unit = parts["unit"] === "h" ? HOUR_MS : HOUR_MS / 60;
  return new Date(now.getTime() + Number(parts["amount"]) * unit);
}

function weekly(text: string, now: Date): Date | undefined {
  const parts = /^(?:(?<day>[a-z]{3})\w*\s+)?(?<hour>\d{1,2}):(?<minute>\d{2})$/iu.exec(text.trim())?.groups;
  if (parts === undefined) return undefined;
  const [hour, minute] = [Number(parts["hour"]), Number(parts["minute"])];
  // `setHours` would take 25:00 for one o'clock of the next day.
  if (hour > 23 || minute > 59) return new Date(Number.NaN);
  const when = new Date(now);
  when.setHours(hour, minute, 0, 0);
  const day = parts["day"] === undefined ? -1 : DAYS.indexOf(parts["day"].toLowerCase());
  if (parts["day"] !== undefined && day < 0) return new Date(Number.NaN);
  while (when <= now || (day >= 0 && when.getDay() !== day)) when.setDate(when.getDate() + 1);
  return when;
}
