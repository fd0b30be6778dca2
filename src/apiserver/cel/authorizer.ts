/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library */
import type { Environment } from '@marcbachmann/cel-js';
import { authenticatedGroup, serviceAccountGroups, serviceAccountUserName } from '../authn/groups.ts';
import type { Attributes, Authorizer, Decision as Decided } from '../authz/contract.ts';
import type { User } from '../contract.ts';

type Resource = NonNullable<Attributes['resource']>;

export class CelAuthorizer {
  readonly authorizer: Authorizer;
  readonly user: User;
  readonly requestResource: ResourceCheck;

  /** `resource` is what the request is about. */
  constructor(authorizer: Authorizer, user: User, resource: Resource) {
    this.authorizer = authorizer;
    this.user = user;
    this.requestResource = new ResourceCheck(this, resource);
  }

  decide(attributes: Omit<Attributes, 'user'>): Decision {
    return new Decision(this.authorizer.authorize({ ...attributes, user: this.user }));
  }
}

class PathCheck {
  readonly asker: CelAuthorizer;
  readonly path: string;
  constructor(asker: CelAuthorizer, path: string) {
    this.asker = asker;
    this.path = path;
  }
}

class GroupCheck {
  readonly asker: CelAuthorizer;
  readonly group: string;
  constructor(asker: CelAuthorizer, group: string) {
    this.asker = asker;
    this.group = group;
  }
}

class ResourceCheck {
  readonly asker: CelAuthorizer;
  readonly resource: Resource;
  constructor(asker: CelAuthorizer, resource: Resource) {
    this.asker = asker;
    this.resource = resource;
  }
  with(more: Partial<Resource>): ResourceCheck {
    return new ResourceCheck(this.asker, { ...this.resource, ...more });
  }
}

class Decision {
  readonly decided: Decided;
  constructor(decided: Decided) {
    this.decided = decided;
  }
}

/** Registers the functions, and the variable `authorizer`. */
export function registerAuthorizer(env: Environment): void {
  env.registerType('Decision', { ctor: Decision, fields: {} });
  env.registerType('PathCheck', { ctor: PathCheck, fields: {} });
  env.registerType('ResourceCheck', { ctor: ResourceCheck, fields: {} });
  env.registerType('GroupCheck', { ctor: GroupCheck, fields: {} });
  env.registerType('Authorizer', { ctor: CelAuthorizer, fields: { requestResource: 'ResourceCheck' } });
  env.registerVariable('authorizer', 'Authorizer');

  env.registerFunction(
    'Authorizer.path(string): PathCheck',
    (asker: CelAuthorizer, path: string) => new PathCheck(asker, path),
  );
  env.registerFunction('PathCheck.check(string): Decision', ({ asker, path }: PathCheck, verb: string) =>
    asker.decide({ verb, path }),
  );
  env.registerFunction(
    'Authorizer.group(string): GroupCheck',
    (asker: CelAuthorizer, group: string) => new GroupCheck(asker, group),
  );
  env.registerFunction(
    'Authorizer.serviceAccount(string, string): Authorizer',
    ({ authorizer, requestResource }: CelAuthorizer, namespace: string, name: string) => {
      const groups = [...serviceAccountGroups(namespace), authenticatedGroup];
      const user = { name: serviceAccountUserName(namespace, name), groups };
      return new CelAuthorizer(authorizer, user, requestResource.resource);
    },
  );
  env.registerFunction(
    'GroupCheck.resource(string): ResourceCheck',
    ({ asker, group }: GroupCheck, plural: string) =>
      new ResourceCheck(asker, { group, version: '*', plural }),
  );
  env.registerFunction(
    'ResourceCheck.subresource(string): ResourceCheck',
    (check: ResourceCheck, subresource: string) => check.with({ subresource }),
  );
  env.registerFunction(
    'ResourceCheck.namespace(string): ResourceCheck',
    (check: ResourceCheck, namespace: string) => check.with({ namespace }),
  );
  env.registerFunction('ResourceCheck.name(string): ResourceCheck', (check: ResourceCheck, name: string) =>
    check.with({ name }),
  );
  env.registerFunction(
    'ResourceCheck.check(string): Decision',
    ({ asker, resource }: ResourceCheck, verb: string) => asker.decide({ verb, resource, path: '' }),
  );
  env.registerFunction('Decision.allowed(): bool', ({ decided }: Decision) => decided.allowed);
  env.registerFunction('Decision.reason(): string', ({ decided }: Decision) => decided.reason);
  // An authorizer in this process has no errors.
  env.registerFunction('Decision.errored(): bool', () => false);
  env.registerFunction('Decision.error(): string', () => '');
}
