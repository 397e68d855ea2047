/**
 * What the state stores as the provider of every resource, and the engine runs for refresh and delete. A stored format:
 * it must work with every version of this package, forever. It captures nothing, and is resolved from the working folder
 * of the provider process, the program's.
 */
export const PROVIDER_TEXT =
  // Single quotes: the state is JSON, and would escape others.
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-elevenlabs/provider').dynamic()";

/** The type token of every `WorkspaceSecret`; a stored format too. The engine wants the part before the slash. */
export const TYPE_TOKEN = "pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret";
