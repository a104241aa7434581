import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { consulAudience } from "../../nomad/identities";
import { type ConsulAccess, removesConsulOrphan } from "./orphan";

export interface TaskIdentitiesArgs {
  /** URL at which Consul's servers find the keys of Nomad's identities. */
  readonly jwksUrl: string;
  readonly access: ConsulAccess;
  /** Ids of the policies that tasks get, by their Nomad namespace. */
  readonly policies: Readonly<Record<string, pulumi.Input<string>>>;
  /** What must be there first: Nomad's servers. */
  readonly after: readonly pulumi.Resource[];
}

/** What Nomad's agents look for unless they are told otherwise. */
const methodName = "nomad-workloads";

/**
 * Lets tasks and services of Nomad exchange their identities for Consul tokens of their own: a service's lets it register
 * that service, a task's has the role of its namespace.
 *
 * @see https://developer.hashicorp.com/nomad/docs/secure/acl/consul
 */
export class TaskIdentities extends pulumi.ComponentResource {
  /** Name of the auth method. */
  readonly method: pulumi.Output<string>;

  constructor(name: string, args: TaskIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:TaskIdentities", name, {}, opts);
    const own = { parent: this, dependsOn: [...args.after] };

    const description = "Identities of Nomad's tasks and services";
    const method = new consul.AclAuthMethod(
      `${name}-method`,
      {
        name: methodName,
        type: "jwt",
        description,
        tokenLocality: "local",
        configJson: pulumi.output(args.access.ca).apply((ca) => methodConfiguration(args.jwksUrl, ca)),
      },
      {
        ...own,
        deleteBeforeReplace: true,
        hooks: { beforeCreate: [removesConsulOrphan(args.access, "auth-method", methodName, description)] },
      },
    );
    const roles = Object.entries(args.policies).map(([namespace, policy]) => {
      const role = { name: `nomad-tasks-${namespace}`, description: `Nomad tasks of the namespace ${namespace}` };
      return new consul.AclRole(
        `${name}-role-${namespace}`,
        { ...role, policies: [policy] },
        {
          ...own,
          deleteBeforeReplace: true,
          hooks: { beforeCreate: [removesConsulOrphan(args.access, "role", role.name, role.description)] },
        },
      );
    });
    new consul.AclBindingRule(
      `${name}-services`,
      {
        authMethod: method.name,
        description: "A service may register itself",
        bindType: "service",
        bindName: "${value.nomad_service}",
        selector: '"nomad_service" in value',
      },
      own,
    );
    new consul.AclBindingRule(
      `${name}-tasks`,
      {
        authMethod: method.name,
        description: "A task has the role of its namespace",
        bindType: "role",
        bindName: "nomad-tasks-${value.nomad_namespace}",
        selector: '"nomad_service" not in value',
      },
      { ...own, dependsOn: roles },
    );

    this.method = method.name;
    this.registerOutputs({ method: this.method });
  }
}

/** Sorted keys: Consul's own spelling of each. */
function methodConfiguration(jwksUrl: string, ca: string | undefined): string {
  return JSON.stringify({
    BoundAudiences: [consulAudience],
    ClaimMappings: {
      nomad_job_id: "nomad_job_id",
      nomad_namespace: "nomad_namespace",
      nomad_service: "nomad_service",
      nomad_task: "nomad_task",
    },
    ...(ca === undefined ? {} : { JWKSCACert: ca }),
    JWKSURL: jwksUrl,
    JWTSupportedAlgs: ["RS256"],
  });
}
