import * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import { hasPulumiType, resourceOptsDefaults, secretInput } from "./utilities";

/**
 * Where the Nomad API is and how to authenticate to it. Resources that are given no provider take these settings from
 * the stack's configuration (`nomad:address`, …).
 *
 * Keep `address` a known value: with unknown provider settings the engine skips check and diff.
 */
export class Provider extends pulumi.ProviderResource {
  /** @internal */
  public static readonly __pulumiType = "nomad";

  /** True if the object is a provider of this package, whichever copy of the SDK made it. */
  public static override isInstance(obj: unknown): obj is Provider {
    return hasPulumiType(obj, `pulumi:providers:${Provider.__pulumiType}`);
  }

  /** URL of the Nomad API; see {@link ProviderArgs.address}. */
  declare public readonly address: pulumi.Output<string | undefined>;
  /** File with the certificate authorities that are trusted; see {@link ProviderArgs.caFile}. */
  declare public readonly caFile: pulumi.Output<string | undefined>;
  /** Certificate authorities that are trusted, PEM; see {@link ProviderArgs.caPem}. */
  declare public readonly caPem: pulumi.Output<string | undefined>;
  /** File with the client certificate; see {@link ProviderArgs.certFile}. */
  declare public readonly certFile: pulumi.Output<string | undefined>;
  /** Client certificate, PEM; see {@link ProviderArgs.certPem}. */
  declare public readonly certPem: pulumi.Output<string | undefined>;
  /** HTTP basic authentication, secret; see {@link ProviderArgs.httpAuth}. */
  declare public readonly httpAuth: pulumi.Output<string | undefined>;
  /** File with the key of the client certificate; see {@link ProviderArgs.keyFile}. */
  declare public readonly keyFile: pulumi.Output<string | undefined>;
  /** Key of the client certificate, PEM, secret; see {@link ProviderArgs.keyPem}. */
  declare public readonly keyPem: pulumi.Output<string | undefined>;
  /** Region that requests are sent to; see {@link ProviderArgs.region}. */
  declare public readonly region: pulumi.Output<string | undefined>;
  /** ACL token, secret; see {@link ProviderArgs.secretId}. */
  declare public readonly secretId: pulumi.Output<string | undefined>;

  /**
   * @param name Name of the provider in the stack, unique among its providers.
   * @param args Where Nomad is and how to authenticate to it.
   * @param opts Pulumi's options.
   */
  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions) {
    // A provider's settings reach the plugin as strings: what is not a string travels as JSON.
    const settings: pulumi.Inputs = {
      address: args?.address,
      authJwt: pulumi.output(args?.authJwt).apply(JSON.stringify),
      caFile: args?.caFile,
      caPem: args?.caPem,
      certFile: args?.certFile,
      certPem: args?.certPem,
      headers: pulumi.output(secretInput(args?.headers)).apply(JSON.stringify),
      httpAuth: secretInput(args?.httpAuth),
      ignoreEnvVars: pulumi.output(args?.ignoreEnvVars).apply(JSON.stringify),
      keyFile: args?.keyFile,
      keyPem: secretInput(args?.keyPem),
      region: args?.region,
      secretId: secretInput(args?.secretId),
      skipVerify: pulumi.output(args?.skipVerify).apply(JSON.stringify),
    };
    const options = pulumi.mergeOptions(
      { ...resourceOptsDefaults(), additionalSecretOutputs: ["httpAuth", "keyPem", "secretId"] },
      opts,
    );
    super(Provider.__pulumiType, name, settings, options);
  }
}

/** Settings of a {@link Provider}. */
export interface ProviderArgs {
  /**
   * URL of the Nomad API, e.g. `https://10.0.0.1:4646`.
   * @default the environment's `NOMAD_ADDR`, else `http://127.0.0.1:4646`
   */
  address?: pulumi.Input<string>;
  /** Login through a JWT authentication method, in place of `secretId`. @default none */
  authJwt?: pulumi.Input<inputs.ProviderAuthJwt>;
  /**
   * Path of a PEM file with the certificate authorities that Nomad's certificate may come from.
   * @default the environment's `NOMAD_CACERT`, else those the machine trusts
   */
  caFile?: pulumi.Input<string>;
  /** The same authorities as PEM text. Excludes `caFile`. @default none */
  caPem?: pulumi.Input<string>;
  /**
   * Path of the client certificate (PEM) for mutual TLS. Needs `keyFile` or `keyPem`.
   * @default the environment's `NOMAD_CLIENT_CERT`
   */
  certFile?: pulumi.Input<string>;
  /** The client certificate as PEM text. Excludes `certFile`; needs `keyFile` or `keyPem`. @default none */
  certPem?: pulumi.Input<string>;
  /** HTTP headers that are sent with every request; treated as secrets. @default none */
  headers?: pulumi.Input<pulumi.Input<inputs.ProviderHeader>[]>;
  /**
   * HTTP basic authentication as `user` or `user:password`. Secret.
   * @default the environment's `NOMAD_HTTP_AUTH`
   */
  httpAuth?: pulumi.Input<string>;
  /**
   * Environment variables that are not read, by name, e.g. `{ NOMAD_REGION: true }`.
   * @default all of them are read
   */
  ignoreEnvVars?: pulumi.Input<{ [name: string]: pulumi.Input<boolean> }>;
  /**
   * Path of the client certificate's key (PEM).
   * @default the environment's `NOMAD_CLIENT_KEY`
   */
  keyFile?: pulumi.Input<string>;
  /** The client certificate's key as PEM text. Excludes `keyFile`. Secret. @default none */
  keyPem?: pulumi.Input<string>;
  /**
   * Region that requests are sent to.
   * @default the environment's `NOMAD_REGION`, else the region of the agent at `address`
   */
  region?: pulumi.Input<string>;
  /**
   * Secret ID of an ACL token. Secret.
   * @default the environment's `NOMAD_TOKEN`, else anonymous
   */
  secretId?: pulumi.Input<string>;
  /**
   * Accepts any TLS certificate. For experiments only.
   * @default the environment's `NOMAD_SKIP_VERIFY`, else false
   */
  skipVerify?: pulumi.Input<boolean>;
}
