import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecret } from "pulumi-elevenlabs";

const calendarToken = { name: "CALENDAR_TOKEN", value: new pulumi.Config().requireSecret("calendarToken") };

const inGlobal = new WorkspaceSecret("calendar-token", calendarToken);
const inEu = new WorkspaceSecret("calendar-token-eu", { ...calendarToken, workspace: "eu" });

export const secretIds = { global: inGlobal.secretId, eu: inEu.secretId };
export const endpoints = { global: inGlobal.endpoint, eu: inEu.endpoint };
