import type { CodedImage, InkLayer, PdfImage } from "../../domain/page-ports.ts";

/** Dictionary text of an image XObject, without /Length. `globals` is the object of what JBIG2 pages share. */
export function imageDictionary(image: CodedImage, globals?: number): string {
  const { width, height, bits } = image;
  const parms = decodeParms(image, globals);
  return (
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/BitsPerComponent ${bits}` +
    `/ColorSpace${colourSpace(image)}${decodeArray(image)}/Filter/${image.filter}` +
    (parms === "" ? "" : `/DecodeParms<<${parms}>>`)
  );
}

/** Dictionary text of a stencil through which text takes its colour: black fax pixels are sample 0, which paints. */
export function inkDictionary({ width, height }: InkLayer): string {
  return (
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ImageMask true/BitsPerComponent 1` +
    `/Filter/CCITTFaxDecode/DecodeParms<<${faxParms({ width, height })}>>`
  );
}

function colourSpace({ colour }: CodedImage): string {
  if (colour === "gray") return "/DeviceGray";
  if (colour === "rgb") return "/DeviceRGB";
  const { palette } = colour;
  const highest = Math.max(0, Math.floor(palette.length / 3) - 1);
  return `[/Indexed/DeviceRGB ${highest} <${palette.toString("hex")}>]`;
}

function decodeArray({ colour, inverted }: CodedImage): string {
  if (inverted !== true || typeof colour === "object") return "";
  return `/Decode[${colour === "gray" ? "1 0" : "1 0 1 0 1 0"}]`;
}

function decodeParms(image: CodedImage, globals: number | undefined): string {
  if (image.filter === "CCITTFaxDecode") return faxParms(image);
  if (image.filter === "JBIG2Decode" && globals !== undefined) return `/JBIG2Globals ${globals} 0 R`;
  if (image.filter === "FlateDecode" && image.pngColours !== undefined)
    return `/Predictor 15/Colors ${image.pngColours}/BitsPerComponent ${image.bits}/Columns ${image.width}`;
  return "";
}

function faxParms({
  width,
  height,
  blackIs1,
  fax,
}: Pick<CodedImage, "width" | "height" | "blackIs1" | "fax">): string {
  const more = [
    blackIs1 === true ? "/BlackIs1 true" : "",
    fax?.byteAlign === true ? "/EncodedByteAlign true" : "",
    fax?.endOfLine === true ? "/EndOfLine true" : "",
    fax?.endOfBlock === false ? "/EndOfBlock false" : "",
  ];
  return `/K ${fax?.k ?? -1}/Columns ${width}/Rows ${height}${more.join("")}`;
}

/** Unit square → unit square, clockwise turns: [a b c d e f]. */
const TURNS = {
  0: [1, 0, 0, 1, 0, 0],
  90: [0, -1, 1, 0, 0, 1],
  180: [-1, 0, 0, -1, 1, 1],
  270: [0, 1, -1, 0, 1, 0],
} as const;

/** Thousandths of a point; never `-0` nor an exponent. */
export function points(value: number): string {
  const rounded = Math.round(value * 1000) / 1000;
  return rounded === 0 ? "0" : String(rounded);
}

/** Content operators that draw `Im0` upright on a page of that size, and `Ink0`, `Ink1` … over it. */
export function drawing(image: PdfImage, widthPt: number, heightPt: number): string {
  const ink = (image.ink ?? []).map(({ rgb }, index) => {
    const colour = rgb.map((value) => points(value / 255)).join(" ");
    return `${colour} rg\n/Ink${index} Do\n`;
  });
  return `q\n${placement(image, widthPt, heightPt)} cm\n/Im0 Do\n${ink.join("")}Q\n`;
}

/** `cm` operands that draw the image upright on a page of that size: mirrored left to right first, then turned. */
function placement(image: PdfImage, widthPt: number, heightPt: number): string {
  const [a, b, c, d, e, f] = TURNS[image.turn];
  const [xx, xy, x0, y0] = image.mirrored ? [-a, -b, e + a, f + b] : [a, b, e, f];
  const numbers = [xx * widthPt, xy * heightPt, c * widthPt, d * heightPt, x0 * widthPt, y0 * heightPt];
  return numbers.map((value) => points(value)).join(" ");
}
