import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import type { PdfImage } from "../../domain/page-ports.ts";
import type { PdfDocument, PdfPage } from "../../domain/pdf-port.ts";
import { drawing, imageDictionary, inkDictionary, points } from "./image-object.ts";
import { metadataOf } from "./metadata.ts";
import type { ObjectSink } from "./object-sink.ts";
import { createObjectSink } from "./object-sink.ts";
import { srgbProfile } from "./srgb-profile.ts";
import type { TextLayer } from "./text-layer.ts";
import { createTextLayer } from "./text-layer.ts";

/** Numbers fixed beforehand: pages name their parent and font before those are written. */
interface Plan {
  readonly sink: ObjectSink;
  readonly text: TextLayer;
  readonly catalog: number;
  readonly tree: number;
  readonly font: number;
  /** Feeds the file identifier: the same pages give the same file. */
  readonly digest: ReturnType<typeof createHash>;
}

/**
 * Writes a PDF/A-2u object by object. The layout is plain on purpose (classic cross-reference table, no object
 * streams, catalog and pages readable as text), because the signer appends to it.
 * Memory: one page and 20 bytes an object.
 */
export async function writePdf(path: string, document: PdfDocument): Promise<{ readonly pages: number }> {
  const handle = await open(path, "w");
  try {
    const sink = await createObjectSink(handle);
    const [catalog, tree, font] = [sink.reserve(), sink.reserve(), sink.reserve()];
    const plan: Plan = { sink, text: createTextLayer(), catalog, tree, font, digest: createHash("sha256") };
    const kids: number[] = [];
    for await (const page of document.pages) {
      kids.push(await writePage(plan, page));
    }
    await plan.text.writeFont(sink, font);
    await writeFrame(plan, document, kids);
    return { pages: kids.length };
  } finally {
    await handle.close();
  }
}

async function writePage(plan: Plan, page: PdfPage): Promise<number> {
  const { sink, text } = plan;
  const scale = 72 / page.dpi;
  const [width, height] = [page.width * scale, page.height * scale];
  const words = text.operators(page.lines, height, scale);
  const content = `${drawing(page.image, width, height)}${words}`;
  plan.digest.update(content);
  const objects = await writeImage(plan, page.image);
  const [contents, num] = [sink.reserve(), sink.reserve()];
  await sink.putStream(contents, "/Filter/FlateDecode", deflateSync(content));
  const fonts = words === "" ? "" : `/Font<</F0 ${plan.font} 0 R>>`;
  await sink.put(
    num,
    `<</Type/Page/Parent ${plan.tree} 0 R/MediaBox[0 0 ${points(width)} ${points(height)}]` +
      `/Resources<</XObject<<${objects}>>${fonts}>>/Contents ${contents} 0 R>>`,
  );
  return num;
}

/** The picture and the ink over it; gives their names for the page's resources. */
async function writeImage({ sink, digest }: Plan, image: PdfImage): Promise<string> {
  const globals = image.globals === undefined ? undefined : sink.reserve();
  if (globals !== undefined && image.globals !== undefined) await sink.putStream(globals, "", image.globals);
  const picture = sink.reserve();
  digest.update(image.bytes);
  await sink.putStream(picture, imageDictionary(image, globals), image.bytes);
  const names = [`/Im0 ${picture} 0 R`];
  for (const [index, layer] of (image.ink ?? []).entries()) {
    const num = sink.reserve();
    digest.update(layer.bytes);
    await sink.putStream(num, inkDictionary(layer), layer.bytes);
    names.push(`/Ink${index} ${num} 0 R`);
  }
  return names.join("");
}

async function writeFrame(plan: Plan, document: PdfDocument, kids: readonly number[]): Promise<void> {
  const { sink, catalog, tree } = plan;
  const [info, metadata, profile] = [sink.reserve(), sink.reserve(), sink.reserve()];
  const facts = metadataOf(document);
  const icc = srgbProfile();
  await sink.putStream(profile, "/N 3/Filter/FlateDecode", deflateSync(icc));
  // PDF/A-2 wants the XMP readable without undoing a filter.
  await sink.putStream(metadata, "/Type/Metadata/Subtype/XML", facts.xmp);
  await sink.put(info, facts.info);
  const references = kids.map((kid) => `${kid} 0 R`).join(" ");
  await sink.put(tree, `<</Type/Pages/Count ${kids.length}/Kids[${references}]>>`);
  const intent = `<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB)/DestOutputProfile ${profile} 0 R>>`;
  await sink.put(
    catalog,
    `<</Type/Catalog/Pages ${tree} 0 R/Metadata ${metadata} 0 R/OutputIntents[${intent}]/Lang(vi-VN)` +
      "/ViewerPreferences<</DisplayDocTitle true>>>>",
  );
  const id = plan.digest.update(facts.info).digest("hex").slice(0, 32).toUpperCase();
  await sink.finish(`/Root ${catalog} 0 R/Info ${info} 0 R/ID[<${id}><${id}>]`);
}
