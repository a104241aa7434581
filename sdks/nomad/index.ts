// The names that the published @pulumi/nomad exports, for the part of the package that this project uses.
export { AclPolicy, type AclPolicyArgs, type AclPolicyState } from "./aclPolicy";
export { AclToken, type AclTokenArgs, type AclTokenState } from "./aclToken";
export { Job, type JobArgs, type JobState } from "./job";
export { Namespace, type NamespaceArgs, type NamespaceState } from "./namespace";
export { NodePool, type NodePoolArgs, type NodePoolState } from "./nodePool";
export { Provider, type ProviderArgs } from "./provider";
export * as types from "./types";
export { Variable, type VariableArgs, type VariableState } from "./variable";
