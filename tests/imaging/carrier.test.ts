import { ftruncateSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { closeCarrier, openCarrier, packed, unpacked } from "../../src/imaging/process/carrier.ts";

const fd = openCarrier();
afterAll(() => closeCarrier(fd));

const piece = (bytes: number, value: number): Buffer => Buffer.alloc(bytes, value);

describe.skipIf(fd === undefined)("the carrier of large pieces", () => {
  it("gives back the message it was given, large and small pieces alike", () => {
    const message = {
      call: "normalize",
      page: { image: { bytes: piece(100_000, 1), frame: 0 }, small: piece(10, 2), none: undefined },
      list: [piece(50_000, 3), "word", 4, null],
    };
    expect(unpacked(packed(message, fd), fd)).toEqual(message);
  });

  it("leaves only small things in the message itself, and carries a piece that is named twice once", () => {
    const bytes = piece(1_000_000, 7);
    const light = packed(
      { image: bytes, stream: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) },
      fd,
    );
    expect(JSON.stringify(light).length).toBeLessThan(200);
    const { image, stream } = unpacked(light, fd) as { image: Buffer; stream: Buffer };
    expect(image).toBe(stream);
    expect(image.equals(bytes)).toBe(true);
  });

  it("leaves in the message what shared memory should not be filled with", () => {
    const message = { first: piece(20e6, 1), second: piece(20e6, 2) };
    const light = packed(message, fd) as typeof message;
    expect(light.second).toBe(message.second);
    const { first } = unpacked(light, fd) as typeof message;
    expect(first.equals(message.first)).toBe(true);
  });

  it("refuses a message that names more than is there", () => {
    const light = packed({ bytes: piece(100_000, 1) }, fd);
    ftruncateSync(fd ?? -1, 10);
    expect(() => unpacked(light, fd)).toThrow(RangeError);
    expect(() => unpacked({ carriedAt: 0, bytes: 1e12 }, fd)).toThrow(RangeError);
  });
});

it("passes messages as they are where there is no shared memory", () => {
  const message = { bytes: piece(100_000, 1) };
  expect(packed(message, undefined)).toBe(message);
  expect(unpacked(message, undefined)).toBe(message);
});
