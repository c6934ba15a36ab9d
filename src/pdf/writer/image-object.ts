import type { PdfImage } from "../../domain/page-ports.ts";

/** Dictionary text of an image XObject, without /Length. */
export function imageDictionary(image: PdfImage): string {
  const { width, height, bits } = image;
  const parms = decodeParms(image);
  return (
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/BitsPerComponent ${bits}` +
    `/ColorSpace${colourSpace(image)}/Filter/${image.filter}${parms === "" ? "" : `/DecodeParms<<${parms}>>`}`
  );
}

function colourSpace({ colour }: PdfImage): string {
  if (colour === "gray") return "/DeviceGray";
  if (colour === "rgb") return "/DeviceRGB";
  const { palette } = colour;
  const highest = Math.max(0, Math.floor(palette.length / 3) - 1);
  return `[/Indexed/DeviceRGB ${highest} <${palette.toString("hex")}>]`;
}

function decodeParms(image: PdfImage): string {
  if (image.filter === "CCITTFaxDecode")
    return `/K -1/Columns ${image.width}/Rows ${image.height}${image.blackIs1 === true ? "/BlackIs1 true" : ""}`;
  if (image.filter === "FlateDecode" && image.pngColours !== undefined)
    return `/Predictor 15/Colors ${image.pngColours}/BitsPerComponent ${image.bits}/Columns ${image.width}`;
  return "";
}

/** Unit square → unit square, clockwise turns: [a b c d e f]. */
const TURNS = {
  0: [1, 0, 0, 1, 0, 0],
  90: [0, -1, 1, 0, 0, 1],
  180: [-1, 0, 0, -1, 1, 1],
  270: [0, 1, -1, 0, 1, 0],
} as const;

/** `cm` operands that draw the image upright on a page of that size: mirrored left to right first, then turned. */
export function placement(image: PdfImage, widthPt: number, heightPt: number): string {
  const [a, b, c, d, e, f] = TURNS[image.turn];
  const [xx, xy, x0, y0] = image.mirrored ? [-a, -b, e + a, f + b] : [a, b, e, f];
  const numbers = [xx * widthPt, xy * heightPt, c * widthPt, d * heightPt, x0 * widthPt, y0 * heightPt];
  return numbers.map((value) => points(value)).join(" ");
}

/** Thousandths of a point; never `-0` nor an exponent. */
export function points(value: number): string {
  const rounded = Math.round(value * 1000) / 1000;
  return rounded === 0 ? "0" : String(rounded);
}
