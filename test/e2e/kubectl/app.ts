/** A small application in two states, as manifests; each is small enough to be ready at once. */

/** Before. */
export const first = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {part: of-app}}
data: {colour: blue, size: small}
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app: app}
  ports:
    - {name: http, port: 80, targetPort: http}
    - {name: alternative, port: 81, targetPort: 80}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 1
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: nginx:1.27
          ports: [{name: http, containerPort: 80}]
          env: [{name: ONE, value: "1"}, {name: TWO, value: "2"}]
`;

/** Afterwards: something changed, something new and something gone in every object. */
export const second = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {state: second}}
data: {colour: green, shape: round}
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app: app}
  ports:
    - {name: http, port: 8080, targetPort: http}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: nginx:1.28
          ports: [{name: http, containerPort: 80}]
          env: [{name: TWO, value: two}, {name: THREE, value: "3"}]
`;

/** A pod that only waits, and goes when it is told to. */
export const waiting = (name: string, labels = `{run: ${name}}`): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${labels}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - {name: main, image: busybox, command: [sleep, infinity]}
`;
