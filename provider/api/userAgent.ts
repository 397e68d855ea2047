import { version } from "../../package.json";

/** Tells the owners of an API or a gateway who calls. */
export const USER_AGENT = `pulumi-elevenlabs/${version} (node ${process.version})`;
