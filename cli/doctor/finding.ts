import { Message, type Wording } from "../../provider/messages/problem.js";

type Check = "config" | "key" | "host" | "proxy" | "list" | "write";
/** `fact` is neither good nor bad. */
type Status = "fact" | "ok" | "warning" | "failed";

/** The result of one check of a workspace. */
export class Finding extends Message {
  constructor(
    readonly check: Check,
    readonly status: Status,
    message: Message,
  ) {
    super(message.kind, message.facts, (_, reader) => message.explain(reader));
  }
}

/** Declares a kind of finding. */
export function finding<Facts extends object>(kind: string, status: Status, wording: Wording<Facts>) {
  return (check: Check, facts: Facts) => new Finding(check, status, new Message(kind, facts, wording));
}
