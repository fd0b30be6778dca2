/** Approves what `recognize.ts` knows, for who has the right to it. */
import { certificateSigningRequests, nodes, type Resource } from '../../api/resource.ts';
import type { KubeObject } from '../../api/types.ts';
import { type Context, type Controller, itself } from '../loop.ts';
import { type Recognized, recognize } from './recognize.ts';
import { type Csr, concluded, conditionOf, requested } from './request.ts';

interface SubjectAccessReview extends KubeObject {
  spec: object;
  status?: { allowed?: boolean };
}

const subjectAccessReviews: Resource<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

export const approver: Controller = {
  name: 'certificate-approver',
  start(context) {
    const { client } = context;
    const known = context.watch(certificateSigningRequests, itself);
    const allNodes = context.look(nodes);
    return async (name) => {
      const csr = known.get(name);
      if (!csr || csr.status?.certificate || conditionOf(csr, 'Approved') || conditionOf(csr, 'Denied'))
        return;
      const asked = await requested(csr);
      const node = allNodes.get(asked.commonName.replace(/^system:node:/, ''));
      for (const recognized of recognize(csr, asked, node)) {
        if (!(await isAllowed(client, csr, recognized))) continue;
        const approved = concluded(csr, 'Approved', 'AutoApproved', recognized.message);
        await client.update(certificateSigningRequests, approved, 'approval');
        return;
      }
    };
  },
};

async function isAllowed(
  client: Context['client'],
  { spec }: Csr,
  { subresource }: Recognized,
): Promise<boolean> {
  const { status } = await client.create(subjectAccessReviews, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      user: spec.username,
      groups: spec.groups,
      ...(spec.uid && { uid: spec.uid }),
      ...(spec.extra && { extra: spec.extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        version: '*',
        verb: 'create',
        subresource,
      },
    },
  });
  return status?.allowed === true;
}
