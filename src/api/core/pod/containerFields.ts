/** Containers: image, command, ports, environment, resources, probes, hooks, security. */
import '../reference/fields.ts';
import { message } from '../../message.ts';

message(
  'core/v1.Container',
  `
   1 name                     string                  required
   2 image                    string
   3 command                  string[]                list=atomic
   4 args                     string[]                list=atomic
   5 workingDir               string
   6 ports                    ContainerPort[]         merge=containerPort keys=containerPort,protocol
  19 envFrom                  EnvFromSource[]         list=atomic
   7 env                      EnvVar[]                merge=name keys=name
   8 resources                ResourceRequirements    = {}
  23 resizePolicy             ContainerResizePolicy[] list=atomic
  24 restartPolicy            string                  pointer
  25 restartPolicyRules       ContainerRestartRule[]  list=atomic
   9 volumeMounts             VolumeMount[]           merge=mountPath keys=mountPath
  21 volumeDevices            VolumeDevice[]          merge=devicePath keys=devicePath
  10 livenessProbe            Probe
  11 readinessProbe           Probe
  22 startupProbe             Probe
  12 lifecycle                Lifecycle
  13 terminationMessagePath   string                  = /dev/termination-log
  20 terminationMessagePolicy string                  = File
  14 imagePullPolicy          string
  15 securityContext          SecurityContext
  16 stdin                    bool
  17 stdinOnce                bool
  18 tty                      bool
`,
);

message(
  'core/v1.EphemeralContainer',
  `
  1 ephemeralContainerCommon EphemeralContainerCommon inline
  2 targetContainerName      string
`,
);

message(
  'core/v1.EphemeralContainerCommon',
  `
   1 name                     string                  required
   2 image                    string
   3 command                  string[]                list=atomic
   4 args                     string[]                list=atomic
   5 workingDir               string
   6 ports                    ContainerPort[]         merge=containerPort keys=containerPort,protocol
  19 envFrom                  EnvFromSource[]         list=atomic
   7 env                      EnvVar[]                merge=name keys=name
   8 resources                ResourceRequirements    = {}
  23 resizePolicy             ContainerResizePolicy[] list=atomic
  24 restartPolicy            string                  pointer
  25 restartPolicyRules       ContainerRestartRule[]  list=atomic
   9 volumeMounts             VolumeMount[]           merge=mountPath keys=mountPath
  21 volumeDevices            VolumeDevice[]          merge=devicePath keys=devicePath
  10 livenessProbe            Probe
  11 readinessProbe           Probe
  22 startupProbe             Probe
  12 lifecycle                Lifecycle
  13 terminationMessagePath   string                  = /dev/termination-log
  20 terminationMessagePolicy string                  = File
  14 imagePullPolicy          string
  15 securityContext          SecurityContext
  16 stdin                    bool
  17 stdinOnce                bool
  18 tty                      bool
`,
);

message(
  'core/v1.ContainerPort',
  `
  1 name          string
  2 hostPort      int32
  3 containerPort int32  required
  4 protocol      string = TCP
  5 hostIP        string
`,
);

message(
  'core/v1.EnvVar',
  `
  1 name      string       required
  2 value     string
  3 valueFrom EnvVarSource
`,
);

message(
  'core/v1.EnvVarSource',
  `
  1 fieldRef         ObjectFieldSelector   struct=atomic
  2 resourceFieldRef ResourceFieldSelector struct=atomic
  3 configMapKeyRef  ConfigMapKeySelector  struct=atomic
  4 secretKeyRef     SecretKeySelector     struct=atomic
  5 fileKeyRef       FileKeySelector       struct=atomic
`,
);

message(
  'core/v1.FileKeySelector',
  `
  1 volumeName string required
  2 path       string required
  3 key        string required
  4 optional   bool   pointer = false
`,
);

message(
  'core/v1.ObjectFieldSelector',
  `
  1 apiVersion string = v1
  2 fieldPath  string required
`,
);

message(
  'core/v1.ResourceFieldSelector',
  `
  1 containerName string
  2 resource      string   required
  3 divisor       quantity = 0
`,
);

message(
  'core/v1.ConfigMapKeySelector',
  `
  1 localObjectReference LocalObjectReference inline
  2 key                  string               required
  3 optional             bool                 pointer
`,
);

message(
  'core/v1.SecretKeySelector',
  `
  1 localObjectReference LocalObjectReference inline
  2 key                  string               required
  3 optional             bool                 pointer
`,
);

message(
  'core/v1.EnvFromSource',
  `
  1 prefix       string
  2 configMapRef ConfigMapEnvSource
  3 secretRef    SecretEnvSource
`,
);

message(
  'core/v1.ConfigMapEnvSource',
  `
  1 localObjectReference LocalObjectReference inline
  2 optional             bool                 pointer
`,
);

message(
  'core/v1.SecretEnvSource',
  `
  1 localObjectReference LocalObjectReference inline
  2 optional             bool                 pointer
`,
);

message(
  'core/v1.VolumeMount',
  `
  1 name              string   required
  2 readOnly          bool
  7 recursiveReadOnly string   pointer
  3 mountPath         string   required
  4 subPath           string
  5 mountPropagation  string   pointer
  6 subPathExpr       string
  8 bindMountOptions  string[] list=set
`,
);

message(
  'core/v1.VolumeDevice',
  `
  1 name       string required
  2 devicePath string required
`,
);

message(
  'core/v1.ResourceRequirements',
  `
  1 limits   {quantity}
  2 requests {quantity}
  3 claims   ResourceClaim[] keys=name
`,
);

message(
  'core/v1.ResourceClaim',
  `
  1 name    string required
  2 request string
`,
);

message(
  'core/v1.ContainerResizePolicy',
  `
  1 resourceName  string required
  2 restartPolicy string required
`,
);

message(
  'core/v1.ContainerRestartRule',
  `
  1 action    string
  2 exitCodes ContainerRestartRuleOnExitCodes
`,
);

message(
  'core/v1.ContainerRestartRuleOnExitCodes',
  `
  1 operator string
  2 values   int32[] list=set
`,
);

message(
  'core/v1.Probe',
  `
  1 handler                       ProbeHandler inline
  2 initialDelaySeconds           int32
  3 timeoutSeconds                int32        = 1
  4 periodSeconds                 int32        = 10
  5 successThreshold              int32        = 1
  6 failureThreshold              int32        = 3
  7 terminationGracePeriodSeconds int64        pointer
`,
);

message(
  'core/v1.ProbeHandler',
  `
  1 exec      ExecAction
  2 httpGet   HTTPGetAction
  3 tcpSocket TCPSocketAction
  4 grpc      GRPCAction
`,
);

message(
  'core/v1.HTTPGetAction',
  `
  1 path        string       = /
  2 port        intOrString  required
  3 host        string
  4 scheme      string       = HTTP
  5 httpHeaders HTTPHeader[] list=atomic
  6 protocol    string       pointer
`,
);

message(
  'core/v1.HTTPHeader',
  `
  1 name  string required
  2 value string required
`,
);

message(
  'core/v1.TCPSocketAction',
  `
  1 port intOrString required
  2 host string
`,
);

message(
  'core/v1.GRPCAction',
  `
  1 port    int32  required
  2 service string pointer = ""
  3 mode    string pointer
`,
);

message(
  'core/v1.ExecAction',
  `
  1 command string[] list=atomic
`,
);

message(
  'core/v1.SleepAction',
  `
  1 seconds int64 required
`,
);

message(
  'core/v1.Lifecycle',
  `
  1 postStart  LifecycleHandler
  2 preStop    LifecycleHandler
  3 stopSignal string           pointer
`,
);

message(
  'core/v1.LifecycleHandler',
  `
  1 exec      ExecAction
  2 httpGet   HTTPGetAction
  3 tcpSocket TCPSocketAction
  4 sleep     SleepAction
`,
);

message(
  'core/v1.SecurityContext',
  `
   1 capabilities             Capabilities
   2 privileged               bool                          pointer
   3 seLinuxOptions           SELinuxOptions
  10 windowsOptions           WindowsSecurityContextOptions
   4 runAsUser                int64                         pointer
   8 runAsGroup               int64                         pointer
   5 runAsNonRoot             bool                          pointer
   6 readOnlyRootFilesystem   bool                          pointer
   7 allowPrivilegeEscalation bool                          pointer
   9 procMount                string                        pointer
  11 seccompProfile           SeccompProfile
  12 appArmorProfile          AppArmorProfile
`,
);

message(
  'core/v1.Capabilities',
  `
  1 add  string[] list=atomic
  2 drop string[] list=atomic
`,
);

message(
  'core/v1.SELinuxOptions',
  `
  1 user  string
  2 role  string
  3 type  string
  4 level string
`,
);

message(
  'core/v1.SeccompProfile',
  `
  1 type             string required
  2 localhostProfile string pointer
`,
);

message(
  'core/v1.AppArmorProfile',
  `
  1 type             string required
  2 localhostProfile string pointer
`,
);

message(
  'core/v1.WindowsSecurityContextOptions',
  `
  1 gmsaCredentialSpecName string pointer
  2 gmsaCredentialSpec     string pointer
  3 runAsUserName          string pointer
  4 hostProcess            bool   pointer
`,
);
