/**
 * What the state stores as the provider of every resource, and what the engine runs for refresh and delete. A stored format:
 * it must work with every version of this package, forever. It captures nothing, and is resolved from the working folder of
 * the provider process, which is the program's.
 */
export const PROVIDER_TEXT =
  // Single quotes, because the state is JSON and would escape double ones.
  "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-elevenlabs/provider').dynamic()";
