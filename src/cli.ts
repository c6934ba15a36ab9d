import { setFlagsFromString } from "node:v8";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ERRORS, isOperational } from "./domain/errors.ts";
import { printFailure } from "./ui/failure.ts";
import type { Io, Lang } from "./ui/io.ts";
import { processIo } from "./ui/process-io.ts";

type Flags = Readonly<Record<string, unknown>>;
type Action = (io: Io, flags: Flags, words: readonly string[]) => Promise<number>;

/** Runs one command line and gives the exit code of the contract. The only place where an error becomes one. */
export async function main(argv: readonly string[]): Promise<number> {
  // V8's space for new objects, told not to grow while commands are loaded: 25 MB less in each (`collectLess` undoes it).
  setFlagsFromString("--semi-space-growth-factor=1");
  const io = processIo(argv.includes("--no-color"));
  const code = { value: 0 };
  const program = declare(io, code);
  try {
    await program.parseAsync([...argv]);
    return code.value;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ERRORS.usage.exit;
    printFailure(error, await languageOf(argv, io), io);
    return isOperational(error) ? ERRORS[error.code].exit : 1;
  }
}

function declare(io: Io, code: { value: number }): Command {
  const program = new Command("sohoa")
    .description(
      "Số hóa hồ sơ, kết quả giải quyết thủ tục hành chính theo lô: quét → PDF/A tìm được, ký số → kho.",
    )
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError("(sohoa --help: xem cách dùng / shows usage)")
    .addHelpText("beforeAll", EXAMPLES);

  const command = (usage: string, description: string, load: () => Promise<Action>): Command =>
    common(program.command(usage).description(description)).action(async (...given: unknown[]) => {
      const action = await load();
      const self = given.at(-1) as Command;
      code.value = await action(
        io,
        self.optsWithGlobals(),
        self.processedArgs
          .flat()
          .filter((word) => word !== undefined)
          .map(String),
      );
    });

  declareWork(command);
  declareSheets(command);
  declareQuestions(command);
  return program;
}

type Declare = (usage: string, description: string, load: () => Promise<Action>) => Command;

function declareWork(command: Declare): void {
  command(
    "demo",
    "chạy thử trọn vẹn trên bộ mẫu kèm theo / a complete run on the fixtures",
    async () => (await import("./commands/demo.ts")).demo,
  ).option("--dir <folder>", "nơi đặt không gian làm việc thử / where to put the demo's workspace");
  command(
    "init [dir]",
    "tạo không gian làm việc / make a workspace",
    async () => (await import("./commands/init.ts")).init,
  );
  command(
    "register <action> <kind> <file>",
    "nhập danh mục: register import units|officers|dossiers|quotas TỆP.csv",
    async () => (await import("./commands/register.ts")).register,
  ).option("--encoding <name>", "bảng mã của tệp khi tự nhận sai / encoding when the guess is wrong");
  runOptions(
    command(
      "run [input...]",
      "số hóa thư mục, tệp hoặc bảng kê CSV / digitize folders, files or CSV manifests",
      async () => (await import("./commands/run.ts")).run,
    ),
  )
    .option("--dry-run", "chỉ in kế hoạch / print the plan only")
    .option("--limit <n>", "nhiều nhất N tài liệu / at most N documents", wholeNumber)
    .option("--until <when>", '"Mon 06:00", ISO hoặc +8h: dừng nhận việc mới / stop taking work')
    .option("--no-sign", "không ký (chờ ký sau) / leave unsigned")
    .option("--no-deliver", "không nộp kho / leave undelivered")
    .option("--allow-test-signature", "cho nộp chữ ký thử / deliver test signatures")
    .option(
      "--attest-no-secret <name>",
      "người đã kiểm tra không có tài liệu mật / who checked that nothing is secret",
    )
    .addOption(new Option("--if-locked <how>", "exit | skip | wait=30m").default("exit"));
  declareSigning(command);
  runOptions(
    command(
      "plan [input...]",
      "xem trước một lần chạy, từng tệp / what a run would do, file by file",
      async () => (await import("./commands/plan.ts")).plan,
    ),
  );
}

function declareSigning(command: Declare): void {
  waitingOptions(
    command(
      "sign [file...]",
      "ký những gì đang chờ ký, nhập PIN một lần, rồi nộp kho / sign what waits, one PIN entry, then deliver",
      async () => (await import("./commands/sign.ts")).sign,
    ),
  )
    .option("--preview <file.pdf>", "chỉ ghi bản xem trước các trang đầu / only write a contact sheet")
    .option("--no-deliver", "ký, chưa nộp kho / sign and leave undelivered")
    .option("--out <dir>", "ký các tệp nêu tên, ghi vào thư mục này / sign the files named into this folder")
    .option(
      "--upgrade",
      "bổ sung dấu thời gian, dữ liệu thu hồi cho tệp đã ký / add time stamps and revocation data to signed files",
    );
  waitingOptions(
    command(
      "deliver",
      "nộp kho những gì đã ký / send what is signed and waits",
      async () => (await import("./commands/sign.ts")).deliver,
    ).alias("upload"),
  );
}

function waitingOptions(command: Command): Command {
  return command
    .option("--officer <id>", "chỉ giấy tờ do người này chuẩn bị / only papers this officer prepared")
    .option("--dossier <code>", "chỉ hồ sơ này / only this dossier")
    .option("--as <id>", "mã cán bộ ký, nộp (ghi nhật ký) / officer who does it, for the audit log")
    .option("--limit <n>", "nhiều nhất N tài liệu / at most N documents", wholeNumber)
    .option("--list", "chỉ in danh sách / print the list only")
    .option("--dry-run", "như --list / same as --list")
    .option("--allow-test-signature", "cho nộp chữ ký thử / deliver test signatures")
    .addOption(new Option("--if-locked <how>", "exit | skip | wait=30m").default("exit"));
}

function declareQuestions(command: Declare): void {
  command(
    "status",
    "số tài liệu theo trạng thái / counts by state",
    async () => (await import("./commands/status.ts")).status,
  );
  command(
    "show <what>",
    "hồ sơ bằng chứng của một tài liệu, mã hồ sơ hoặc tệp / the evidence of a document, dossier or file",
    async () => (await import("./commands/show.ts")).show,
  ).option("--text", "chỉ in văn bản nhận dạng / print the recognised text alone");
  command(
    "report",
    "tỷ lệ số hóa và chỉ tiêu / digitization rates and quotas",
    async () => (await import("./commands/report.ts")).report,
  )
    .addOption(
      new Option("--by <what>", "gộp theo / group by")
        .choices(["unit", "officer", "level", "procedure", "dossier"])
        .default("unit"),
    )
    .addOption(
      new Option("--measure <name>", "công thức / formula").choices(["portal", "strict"]).default("portal"),
    )
    .addOption(
      new Option("--format <name>", "dạng in / format").choices(["table", "csv", "json"]).default("table"),
    )
    .option("--period <p>", "2026-11 | 2026-Q4 | 2026-W47 | 2026")
    .option("--from <date>", "từ ngày / from")
    .option("--to <date>", "đến ngày / to")
    .option("--as-of <date>", "tính đến ngày / as of")
    .option("--out <file>", "ghi ra tệp / write to a file")
    .option("--require <percent>", "thoát 9 nếu có tỷ lệ thấp hơn / exit 9 when a rate is below", Number);
  command(
    "verify <file...>",
    "kiểm tra chữ ký, phạm vi ký, gói BagIt / check signatures, coverage, bags",
    async () => (await import("./commands/verify.ts")).verify,
  )
    .option(
      "--trust <file>",
      "chứng thư gốc tin cậy (PEM), lặp lại được / trusted root, repeatable",
      gathered,
    )
    .option("--online", "hỏi nơi cấp chứng thư có bị thu hồi không / ask issuers about revocation");
  command(
    "doctor",
    "kiểm tra máy, dữ liệu, khóa, kho / check machine, data, key, targets",
    async () => (await import("./commands/doctor.ts")).doctor,
  );
}

function declareSheets(command: Declare): void {
  command(
    "sheets [dossier...]",
    "in tờ phân cách có mã QR / a PDF of cover sheets to lay between papers",
    async () => (await import("./commands/sheets.ts")).sheets,
  )
    .option("--from <file>", "bảng kê CSV: mỗi dòng một tờ / a CSV manifest, one sheet a row")
    .option("--out <file>", "tệp PDF", "sheets.pdf")
    .addOption(new Option("--role <role>", "thành phần hồ sơ hay kết quả").choices(["component", "result"]))
    .option("--type <code>", "mã loại giấy tờ / type of the papers")
    .option("--duplex", "in cùng mã ở mặt sau / the same code on each sheet's back")
    .option("--patch-t <n>", "thêm N tờ Patch-T không gắn hồ sơ / N sheets for any dossier", wholeNumber);
}

function common(command: Command): Command {
  return command
    .option("--workspace <dir>", "không gian làm việc / workspace")
    .addOption(new Option("--lang <code>", "ngôn ngữ / language").choices(["vi", "en"]))
    .option("--json", "kết quả cho máy đọc / machine-readable output")
    .option("--no-color", "không tô màu / no colours");
}

function runOptions(command: Command): Command {
  return readingOptions(command)
    .option("--unit <code>", "mã đơn vị / unit")
    .option("--officer <id>", "mã cán bộ / officer")
    .addOption(new Option("--role <role>", "thành phần hồ sơ hay kết quả").choices(["component", "result"]))
    .addOption(
      new Option("--profile <name>", "hồ sơ quét / scan profile").choices(["nd30", "archive", "compact"]),
    )
    .option("--jobs <n>", "số luồng nhận dạng / OCR workers", wholeNumber)
    .addOption(
      new Option("--engine <name>", "cách chia việc / how work is spread")
        .choices(["local"])
        .default("local"),
    )
    .option("--require-register", "chỉ nhận mã có trong danh mục / only codes of the register")
    .option("--strict", "cảnh báo chất lượng thành chờ xử lý / quality warnings are held")
    .option(
      "--clean <steps>",
      "được sửa ảnh trang / may change page images: photo,borders,holes,despeckle,deskew,spread | none",
    )
    .option("--drop-blank", "bỏ trang trắng / leave blank pages out")
    .option("--keep-sheets", "giữ tờ phân cách làm trang đầu / keep separator sheets as first pages")
    .option(
      "--separator <regex>",
      "mã vạch mở đầu tài liệu mới, lặp lại được / barcode that begins a document, repeatable",
      gathered,
    )
    .option("--password-file <file>", "mật khẩu mở PDF, mỗi dòng một / passwords of PDFs, one a line")
    .option(
      "--duplex <parts>",
      "odd=MẶT_TRƯỚC,even=MẶT_SAU[,backs=reverse|forward]: ghép hai mặt quét riêng, lặp lại được" +
        " / fronts and backs scanned apart, repeatable",
      gathered,
    )
    .option(
      "--expect-dossiers <n>",
      "số hồ sơ phải có trong mỗi tập / dossiers expected in each stack",
      wholeNumber,
    )
    .hook("preAction", (_program, self) => {
      if (self.args.length === 0 && self.opts()["duplex"] === undefined)
        self.error("Thiếu đầu vào: ghi thư mục, tệp, bảng kê hoặc --duplex / name an input or --duplex.");
    });
}

function readingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--ocr <engine>", "chương trình nhận dạng / OCR engine").choices([
        "auto",
        "tesseractjs",
        "tesseract",
      ]),
    )
    .option("--export <forms>", "dạng chữ giao kèm / further forms of the text: hocr,alto | none")
    .option("--no-nice", "không nhường máy cho việc khác / do not give way to other work");
}

/** `<file...>` would swallow the words after it. */
function gathered(word: string, before: readonly string[] = []): readonly string[] {
  return [...before, word];
}

function wholeNumber(text: string): number {
  // The only error class whose words commander prints.
  if (!/^[1-9][0-9]*$/u.test(text))
    throw new InvalidArgumentError("Cần số nguyên dương / a whole number ≥ 1.");
  return Number(text);
}

/** Also known when the command line could not be parsed. */
async function languageOf(argv: readonly string[], io: Io): Promise<Lang> {
  const { commandLang } = await import("./commands/workspace.ts");
  return commandLang(io, { lang: optionOf(argv, "--lang"), workspace: optionOf(argv, "--workspace") });
}

function optionOf(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((word) => word === name || word.startsWith(`${name}=`));
  return argv[at] === name ? argv[at + 1] : argv[at]?.slice(name.length + 1);
}

const EXAMPLES = `Ví dụ / examples:
  sohoa demo                                   chạy thử trên bộ mẫu
  sohoa init && sohoa register import dossiers ho-so.csv
  sohoa run ./quet --unit H57.132 --officer nv-0123
  sohoa report --by unit --period 2026-11

`;
