// Preloaded into the Node processes that an engine starts in tests. Pulumi's SDK loads many modules at its start, and our
// programs and our provider never use two thirds of them. These modules load at their first use instead.
const { readFileSync } = require("node:fs");
const Module = require("node:module");

const LATE = [
  // To serialise closures.
  { by: /@pulumi[\\/]pulumi[\\/]typescript-shim\.js$/, names: /^typescript$/ },
  {
    by: /@pulumi[\\/]pulumi[\\/]runtime[\\/]closure[\\/]codePaths\.js$/,
    names: /^(?:@npmcli\/arborist|normalize-package-data)$/,
  },
  // For `--tracing`. The SDK reads the exports that it needs at once, and all of them are functions.
  { by: /@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]tracing\.js$/, names: /^@opentelemetry\/(?!api$)/, functions: true },
];

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const rule = LATE.find(({ by, names }) => names.test(request) && by.test(parent?.filename ?? ""));
  if (!rule) return load.call(this, request, parent, isMain);
  const loadNow = () => load(request, parent, isMain);
  return rule.functions ? lateFunctions(loadNow) : lateModule(loadNow);
};

function lateModule(loadNow) {
  return new Proxy(
    {},
    {
      get(_, name) {
        // A compiled import reads this at once. If it were false, the import would also read all other properties at once.
        if (name === "__esModule") return true;
        const module = loadNow();
        return name === "default" && !module.__esModule ? module : module[name];
      },
    },
  );
}

function lateFunctions(loadNow) {
  return new Proxy(
    {},
    {
      get: (_, name) =>
        new Proxy(() => {}, {
          apply: (_, self, args) => Reflect.apply(loadNow()[name], self, args),
          construct: (_, args) => Reflect.construct(loadNow()[name], args),
        }),
    },
  );
}

// The language host that can be built from Go modules is older than the option `typescript: false`, and would load the
// compiler for each JavaScript program.
if (process.env.PULUMI_NODEJS_TYPESCRIPT === "true" && isPlainJavaScript()) delete process.env.PULUMI_NODEJS_TYPESCRIPT;

function isPlainJavaScript() {
  try {
    return /\btypescript"?: ?false/.test(readFileSync("Pulumi.yaml", "utf8"));
  } catch {
    return false;
  }
}
