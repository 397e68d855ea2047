import { version } from "../../package.json";

/** Identifies this client to the people who operate the API or a gateway. */
export const USER_AGENT = `pulumi-elevenlabs/${version} (node ${process.version})`;
