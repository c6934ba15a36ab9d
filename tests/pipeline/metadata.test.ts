import { expect, it } from "vitest";
import type { Parcel, Target } from "../../src/domain/ports.ts";
import { line, newWorld, paper, runWorld } from "./world.ts";

it("records who read a paper and which lines a person should look at, without their words", async () => {
  const world = newWorld();
  world.reads.set("a/1", async () => [
    line("Ủy ban nhân dân xã", 0.97),
    line("nguệch ngoạc viết tay", 0.2),
    line("ngày 04 tháng 02 năm 2025", 0.9),
  ]);
  const parcels: Parcel[] = [];
  const [real] = world.context.targets;
  if (real === undefined) throw new Error("no target");
  const target: Target = {
    ...real,
    deliver: async (parcel, signal) => {
      parcels.push(parcel);
      return real.deliver(parcel, signal);
    },
  };
  const context = Object.create(world.context, { targets: { value: [target] } }) as typeof world.context;
  const given = paper("a");
  expect((await runWorld({ ...world, context }, [given])).ends["a"]).toBe("delivered");
  const metadata = parcels[0]?.metadata ?? {};
  expect(metadata["nhanDang"]).toBe("fake 1");
  const [page] = metadata["trang"] as { dongYeu: unknown; doTinCay: number; thapNhat: number }[];
  expect(page?.dongYeu).toEqual([{ dong: 2, khung: [0, 10, 100, 20], doTinCay: 0.2 }]);
  expect(page?.thapNhat).toBe(0.2);
  expect(JSON.stringify(metadata)).not.toContain("nguệch");
});
