/**
 * The text that the state stores as the provider of every resource, and that the engine runs for refresh and delete. A stored
 * format: it must work with every version of this package, forever. It captures no variables. It loads the package from the
 * working folder of the provider process, which is the program's folder.
 */
export const PROVIDER_TEXT =
  // Single quotes, because the state is JSON and would escape double quotes.
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-elevenlabs/provider').dynamic()";
