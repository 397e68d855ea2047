// Runs the programs of many stacks in one process, as the Automation API does for inline programs. A process for each run
// would load Pulumi's SDK each time: half of the processor time of an `up`.
const { AsyncLocalStorage } = require("node:async_hooks");
const { once } = require("node:events");
const { join } = require("node:path");
const grpc = require("@grpc/grpc-js");
const { ResourceError, RunError, log, runtime } = require("@pulumi/pulumi");
const { defaultErrorMessage } = require("@pulumi/pulumi/cmd/run/error");
const { withLocalStorage } = require("@pulumi/pulumi/runtime/state");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  RunResponse,
} = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");

// An engine may get the port of an earlier engine. By default, it would then reuse the broken connections of the earlier
// engine, which gRPC remembers for some seconds.
runtime.grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;

/** The environment in which the engine runs, by folder. */
const environments = new Map();

const ownEnvironment = process.env;

// These programs get the environment of their engine, as those that the engine starts.
require.main.filename = require.resolve("@pulumi/pulumi/cmd/run");

/** The program that the present code belongs to. */
const current = new AsyncLocalStorage();

class Program {
  isRunning = true;
  reported = new Set();

  constructor(request) {
    this.request = request;
    this.folder = request.getPwd();
    this.file = join(this.folder, "index.js");
  }

  async run() {
    this.configure();
    try {
      await runtime.runInPulumiStack(async () => {
        const exported = require(this.file);
        return typeof exported === "function" ? exported() : exported;
      });
      this.isRunning = false;
    } catch (error) {
      this.report(error);
    }
    await runtime.waitForRPCs();
    // A promise that nobody waits for is rejected by now.
    await new Promise(setImmediate);
    await runtime.disconnect(this.reported.size === 0);
    const response = new RunResponse();
    // The program has shown all errors, so the engine need not report that there were errors.
    response.setBail(this.reported.size > 0);
    return response;
  }

  /** Sets the folder and the environment of the process, so only one program can run. */
  enter() {
    process.chdir(this.folder);
    // Node.js reads TMPDIR from the real environment of the process.
    ownEnvironment.TMPDIR = environments.get(this.folder).TMPDIR;
    process.env = { ...environments.get(this.folder), PULUMI_NODEJS_ROOT_DIRECTORY: this.folder };
  }

  configure() {
    const { request } = this;
    runtime.resetOptions(
      request.getProject(),
      request.getStack(),
      request.getParallel(),
      request.getArgsList()[0] ?? "",
      request.getMonitorAddress(),
      request.getDryrun(),
      request.getOrganization(),
    );
    runtime.setAllConfig(Object.fromEntries(request.getConfigMap().entries()), request.getConfigsecretkeysList());
  }

  /** Shows an error as the program's own process would. */
  report(error) {
    if (this.reported.has(error)) return;
    this.reported.add(error);
    if (RunError.isInstance(error)) log.error(error.message);
    else if (ResourceError.isInstance(error) && error.hideStack) log.error(error.message, error.resource);
    else if (!this.isRunning) log.error(error.stack ?? String(error));
    else log.error(`Running program '${this.file}' failed with an unhandled exception:\n${defaultErrorMessage(error)}`);
  }
}

let last = Promise.resolve();
/** Includes programs that the engine has cancelled: their code may still run, even while the next program runs. */
const unfinished = new Set();

/** Runs one program after another. */
function run(call) {
  const program = new Program(call.request);
  const cancelled = once(call, "cancelled").then(() => new RunResponse());
  last = last.then(async () => {
    program.enter();
    const ended = withLocalStorage(() => current.run(program, () => program.run()));
    unfinished.add(program);
    ended.finally(() => unfinished.delete(program)).catch(() => undefined);
    try {
      return await Promise.race([ended, cancelled]);
    } finally {
      forgetModules();
    }
  });
  return last;
}

/** Makes the next program load its modules and this package again, as in a separate process. */
function forgetModules() {
  for (const file of Object.keys(require.cache)) {
    if (!file.includes("/node_modules/")) delete require.cache[file];
  }
}

const report = (error) => current.getStore()?.report(error);
process.on("uncaughtException", report).on("unhandledRejection", report);

const server = new grpc.Server(runtime.grpcChannelOptions);
server.addService(LanguageRuntimeService, {
  getPluginInfo: (_, callback) => callback(null, new PluginInfo()),
  getRequiredPlugins: (_, callback) => callback(null, new GetRequiredPluginsResponse()),
  getRequiredPackages: (_, callback) => callback(null, new GetRequiredPackagesResponse()),
  run: (call, callback) => run(call).then((response) => callback(null, response), callback),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});
/** The folders of the programs whose engine is running. */
const open = new Set();
process.on("message", ({ folder, env }) => {
  if (env === undefined) open.delete(folder);
  else if (unfinished.size === 0 || open.size > 0) {
    open.add(folder);
    environments.set(folder, env);
    process.send({ folder });
  } else process.exit();
});
process.on("disconnect", () => process.exit());
