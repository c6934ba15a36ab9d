import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";

/** Memory that Linux shows as a folder: what is written there reaches no disk. */
const SHARED_MEMORY = "/dev/shm";
/** Smaller pieces travel in the message itself. */
const LEAST_BYTES = 32 * 1024;
/** Containers have 64 MB of it for all; what does not fit travels in the message. */
const MOST_BYTES = 24 * 1024 * 1024;
/** What is kept between two messages; an A4 page at 200 dpi takes 4 MB. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** In place of a piece of the message: it lies `at` these bytes of the file. */
interface Carried {
  readonly carriedAt: number;
  readonly bytes: number;
}

/**
 * A file without a name in shared memory, to be handed to a child; undefined where there is none. Node reads its channel in
 * pieces of 64 kB and copies a page three times on the way, and the garbage of that made the collector of the parent work
 * 50 ms a page.
 */
export function openCarrier(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const path = `${SHARED_MEMORY}/sohoa-${randomUUID()}`;
  try {
    const fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  } catch {
    return undefined; // a container without shared memory: messages carry everything
  }
}

export function closeCarrier(fd: number | undefined): void {
  if (fd !== undefined) closeSync(fd);
}

/** `message` with its large byte arrays written to the carrier; a piece it holds twice is written once. */
export function packed(message: unknown, fd: number | undefined): unknown {
  if (fd === undefined) return message;
  const written: { readonly piece: Uint8Array; readonly place: Carried }[] = [];
  let end = 0;
  return replaced(message, (value) => {
    if (!(value instanceof Uint8Array) || value.byteLength < LEAST_BYTES) return undefined;
    const known = written.find(({ piece }) => sameBytes(piece, value));
    if (known !== undefined) return known.place;
    if (end + value.byteLength > MOST_BYTES || !writeAll(fd, value, end)) return undefined;
    const place = { carriedAt: end, bytes: value.byteLength };
    end += value.byteLength;
    written.push({ piece: value, place });
    return place;
  });
}

/** The message as it was before `packed`. Throws when the carrier does not hold what the message says. */
export function unpacked(message: unknown, fd: number | undefined): unknown {
  if (fd === undefined) return message;
  const read = new Map<number, Buffer>();
  let end = 0;
  const whole = replaced(message, (value) => {
    if (!isCarried(value)) return undefined;
    const { carriedAt, bytes } = value;
    const piece = read.get(carriedAt) ?? readAll(fd, carriedAt, bytes);
    read.set(carriedAt, piece);
    end = Math.max(end, carriedAt + bytes);
    return piece;
  });
  if (end > KEPT_BYTES) ftruncateSync(fd, 0);
  return whole;
}

/** A copy of plain objects and arrays in which some values have changed; everything else is kept as it is. */
function replaced(value: unknown, change: (value: unknown) => unknown): unknown {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item: unknown) => replaced(item, change));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, change)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isCarried(value: unknown): value is Carried {
  return isPlain(value) && typeof value["carriedAt"] === "number" && typeof value["bytes"] === "number";
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const same = one.buffer === other.buffer && one.byteOffset === other.byteOffset;
  return same && one.byteLength === other.byteLength;
}

function writeAll(fd: number, piece: Uint8Array, at: number): boolean {
  try {
    return writeSync(fd, piece, 0, piece.byteLength, at) === piece.byteLength;
  } catch {
    return false; // shared memory is full
  }
}

function readAll(fd: number, at: number, bytes: number): Buffer {
  // Both come from the process of a decoder that strangers' files may have taken over.
  if (!Number.isInteger(bytes) || bytes < 0 || bytes > MOST_BYTES) throw new RangeError("carried bytes");
  const piece = Buffer.allocUnsafeSlow(bytes);
  if (readSync(fd, piece, 0, bytes, at) !== bytes) throw new RangeError("carried bytes");
  return piece;
}
