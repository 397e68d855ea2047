import * as pulumi from "@pulumi/pulumi";

/** A webhook tool of an agent: a URL, and the headers to send to it. */
export interface ToolInputs {
  /** The base URL of the API that has the tool's secrets. The API key must not be sent to any other server. */
  endpoint: string;
  name: string;
  description: string;
  url: string;
  /** Maps each header to its value, or to the secret that contains the value. */
  requestHeaders: Record<string, string | { secret_id: string }>;
}

/** The part of the tools API that this example needs. */
class ToolProvider implements pulumi.dynamic.ResourceProvider<ToolInputs, ToolInputs> {
  private config: pulumi.dynamic.Config | undefined;

  async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
    this.config = config;
  }

  async create(inputs: ToolInputs): Promise<pulumi.dynamic.CreateResult<ToolInputs>> {
    const response = await this.call(inputs.endpoint, "POST", "/v1/convai/tools", inputs);
    const { id } = (await response.json()) as { id: string };
    return { id, outs: inputs };
  }

  async update(id: string, _olds: ToolInputs, news: ToolInputs): Promise<pulumi.dynamic.UpdateResult<ToolInputs>> {
    await this.call(news.endpoint, "PATCH", `/v1/convai/tools/${id}`, news);
    return { outs: news };
  }

  async delete(id: string, { endpoint }: ToolInputs): Promise<void> {
    await this.call(endpoint, "DELETE", `/v1/convai/tools/${id}`);
  }

  private async call(endpoint: string, method: string, path: string, inputs?: ToolInputs): Promise<Response> {
    const key = this.config?.get("elevenlabs:apiKey") ?? process.env.ELEVENLABS_API_KEY ?? "";
    const response = await fetch(endpoint + path, {
      method,
      headers: { "xi-api-key": key, "content-type": "application/json" },
      ...(inputs && { body: JSON.stringify({ tool_config: toolConfig(inputs) }) }),
    });
    const isGone = method === "DELETE" && response.status === 404;
    if (!response.ok && !isGone) throw new Error(`${method} ${path} returned ${response.status}`);
    return response;
  }
}

function toolConfig({ name, description, url, requestHeaders }: ToolInputs) {
  return { type: "webhook", name, description, api_schema: { url, method: "GET", request_headers: requestHeaders } };
}

type Header = ToolInputs["requestHeaders"][string];

export type ToolArgs = { [Key in Exclude<keyof ToolInputs, "requestHeaders">]: pulumi.Input<string> } & {
  requestHeaders: pulumi.Input<Record<string, pulumi.Input<Header>>>;
};

export class Tool extends pulumi.dynamic.Resource {
  constructor(name: string, args: ToolArgs, opts?: pulumi.CustomResourceOptions) {
    super(new ToolProvider(), name, args, opts);
  }
}
