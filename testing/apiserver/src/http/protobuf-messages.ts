/**
 * Kubernetes' protobuf messages, as far as clients send them (kubectl create, helm's release
 * records, deletes). They are the `protobuf` and `json` tags of the Go types in `k8s.io/api` and
 * `k8s.io/apimachinery`. Each field is `<number> <JSON name> <type>`:
 * - The name `-` means that the members of the message stand in its parent's JSON.
 * - `[]` is a list, `{}` a map with string keys.
 * - `?` is a field that JSON leaves out when it is zero.
 * - `@` is a type that `decode-protobuf.ts` knows by itself.
 */
export const PROTOBUF_MESSAGES = `
apps.Deployment: 1 metadata meta.ObjectMeta; 2 spec apps.DeploymentSpec; 3 status @Skipped
apps.DeploymentSpec: 1 replicas int; 2 selector meta.LabelSelector; 3 template core.PodTemplateSpec; 4 strategy apps.DeploymentStrategy; 5 minReadySeconds int?; 6 revisionHistoryLimit int; 7 paused bool?; 9 progressDeadlineSeconds int
apps.DeploymentStrategy: 1 type string?; 2 rollingUpdate apps.RollingUpdateDeployment
apps.RollingUpdateDeployment: 1 maxUnavailable @IntOrString; 2 maxSurge @IntOrString
core.Affinity: 1 nodeAffinity core.NodeAffinity; 2 podAffinity core.PodAffinity; 3 podAntiAffinity core.PodAntiAffinity
core.AppArmorProfile: 1 type string; 2 localhostProfile string
core.Capabilities: 1 add string[]; 2 drop string[]
core.ClientIPConfig: 1 timeoutSeconds int
core.ClusterTrustBundleProjection: 1 name string; 2 signerName string; 3 labelSelector meta.LabelSelector; 5 optional bool; 4 path string; 6 user int
core.ConfigMap: 1 metadata meta.ObjectMeta; 4 immutable bool; 2 data string{}; 3 binaryData bytes{}
core.ConfigMapEnvSource: 1 - core.LocalObjectReference; 2 optional bool
core.ConfigMapKeySelector: 1 - core.LocalObjectReference; 2 key string; 3 optional bool
core.ConfigMapProjection: 1 - core.LocalObjectReference; 2 items core.KeyToPath[]; 4 optional bool
core.ConfigMapVolumeSource: 1 - core.LocalObjectReference; 2 items core.KeyToPath[]; 3 defaultMode int; 4 optional bool; 5 defaultUser int
core.Container: 1 name string; 2 image string?; 3 command string[]; 4 args string[]; 5 workingDir string?; 6 ports core.ContainerPort[]; 19 envFrom core.EnvFromSource[]; 7 env core.EnvVar[]; 8 resources core.ResourceRequirements; 23 resizePolicy core.ContainerResizePolicy[]; 24 restartPolicy string; 25 restartPolicyRules core.ContainerRestartRule[]; 9 volumeMounts core.VolumeMount[]; 21 volumeDevices core.VolumeDevice[]; 10 livenessProbe core.Probe; 11 readinessProbe core.Probe; 22 startupProbe core.Probe; 12 lifecycle core.Lifecycle; 13 terminationMessagePath string?; 20 terminationMessagePolicy string?; 14 imagePullPolicy string?; 15 securityContext core.SecurityContext; 16 stdin bool?; 17 stdinOnce bool?; 18 tty bool?
core.ContainerPort: 1 name string?; 2 hostPort int?; 3 containerPort int; 4 protocol string?; 5 hostIP string?
core.ContainerResizePolicy: 1 resourceName string; 2 restartPolicy string
core.ContainerRestartRule: 1 action string?; 2 exitCodes core.ContainerRestartRuleOnExitCodes
core.ContainerRestartRuleOnExitCodes: 1 operator string?; 2 values int[]
core.DownwardAPIProjection: 1 items core.DownwardAPIVolumeFile[]
core.DownwardAPIVolumeFile: 1 path string; 2 fieldRef core.ObjectFieldSelector; 3 resourceFieldRef core.ResourceFieldSelector; 4 mode int; 5 user int
core.DownwardAPIVolumeSource: 1 items core.DownwardAPIVolumeFile[]; 2 defaultMode int; 3 defaultUser int
core.EmptyDirVolumeSource: 1 medium string?; 2 sizeLimit @Quantity; 3 mode int
core.EnvFromSource: 1 prefix string?; 2 configMapRef core.ConfigMapEnvSource; 3 secretRef core.SecretEnvSource
core.EnvVar: 1 name string; 2 value string?; 3 valueFrom core.EnvVarSource
core.EnvVarSource: 1 fieldRef core.ObjectFieldSelector; 2 resourceFieldRef core.ResourceFieldSelector; 3 configMapKeyRef core.ConfigMapKeySelector; 4 secretKeyRef core.SecretKeySelector; 5 fileKeyRef core.FileKeySelector
core.ExecAction: 1 command string[]
core.FileKeySelector: 1 volumeName string; 2 path string; 3 key string; 4 optional bool
core.GRPCAction: 1 port int; 2 service string; 3 mode string
core.HTTPGetAction: 1 path string?; 2 port @IntOrString; 3 host string?; 4 scheme string?; 5 httpHeaders core.HTTPHeader[]; 6 protocol string
core.HTTPHeader: 1 name string; 2 value string
core.HostAlias: 1 ip string; 2 hostnames string[]
core.HostPathVolumeSource: 1 path string; 2 type string
core.KeyToPath: 1 key string; 2 path string; 3 mode int; 4 user int
core.Lifecycle: 1 postStart core.LifecycleHandler; 2 preStop core.LifecycleHandler; 3 stopSignal string
core.LifecycleHandler: 1 exec core.ExecAction; 2 httpGet core.HTTPGetAction; 3 tcpSocket core.TCPSocketAction; 4 sleep core.SleepAction
core.LocalObjectReference: 1 name string?
core.Namespace: 1 metadata meta.ObjectMeta; 2 spec core.NamespaceSpec; 3 status @Skipped
core.NamespaceSpec: 1 finalizers string[]
core.NodeAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution core.NodeSelector; 2 preferredDuringSchedulingIgnoredDuringExecution core.PreferredSchedulingTerm[]
core.NodeSelector: 1 nodeSelectorTerms core.NodeSelectorTerm[]
core.NodeSelectorRequirement: 1 key string; 2 operator string; 3 values string[]
core.NodeSelectorTerm: 1 matchExpressions core.NodeSelectorRequirement[]; 2 matchFields core.NodeSelectorRequirement[]
core.ObjectFieldSelector: 1 apiVersion string?; 2 fieldPath string
core.ObjectReference: 1 kind string?; 2 namespace string?; 3 name string?; 4 uid string?; 5 apiVersion string?; 6 resourceVersion string?; 7 fieldPath string?
core.PersistentVolumeClaimVolumeSource: 1 claimName string; 2 readOnly bool?
core.Pod: 1 metadata meta.ObjectMeta; 2 spec core.PodSpec; 3 status @Skipped
core.PodAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution core.PodAffinityTerm[]; 2 preferredDuringSchedulingIgnoredDuringExecution core.WeightedPodAffinityTerm[]
core.PodAffinityTerm: 1 labelSelector meta.LabelSelector; 2 namespaces string[]; 3 topologyKey string; 4 namespaceSelector meta.LabelSelector; 5 matchLabelKeys string[]; 6 mismatchLabelKeys string[]
core.PodAntiAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution core.PodAffinityTerm[]; 2 preferredDuringSchedulingIgnoredDuringExecution core.WeightedPodAffinityTerm[]
core.PodCertificateProjection: 1 signerName string?; 2 keyType string?; 3 maxExpirationSeconds int; 4 credentialBundlePath string?; 5 keyPath string?; 6 certificateChainPath string?; 7 userAnnotations string{}; 8 user int
core.PodDNSConfig: 1 nameservers string[]; 2 searches string[]; 3 options core.PodDNSConfigOption[]
core.PodDNSConfigOption: 1 name string?; 2 value string
core.PodOS: 1 name string
core.PodReadinessGate: 1 conditionType string
core.PodSchedulingGate: 1 name string
core.PodSecurityContext: 1 seLinuxOptions core.SELinuxOptions; 8 windowsOptions core.WindowsSecurityContextOptions; 2 runAsUser int; 6 runAsGroup int; 3 runAsNonRoot bool; 4 supplementalGroups int[]; 12 supplementalGroupsPolicy string; 5 fsGroup int; 7 sysctls core.Sysctl[]; 9 fsGroupChangePolicy string; 10 seccompProfile core.SeccompProfile; 11 appArmorProfile core.AppArmorProfile; 13 seLinuxChangePolicy string
core.PodSpec: 1 volumes core.Volume[]; 20 initContainers core.Container[]; 2 containers core.Container[]; 3 restartPolicy string?; 4 terminationGracePeriodSeconds int; 5 activeDeadlineSeconds int; 6 dnsPolicy string?; 7 nodeSelector string{}; 8 serviceAccountName string?; 9 serviceAccount string?; 21 automountServiceAccountToken bool; 10 nodeName string?; 11 hostNetwork bool?; 12 hostPID bool?; 13 hostIPC bool?; 27 shareProcessNamespace bool; 14 securityContext core.PodSecurityContext; 15 imagePullSecrets core.LocalObjectReference[]; 16 hostname string?; 17 subdomain string?; 18 affinity core.Affinity; 19 schedulerName string?; 22 tolerations core.Toleration[]; 23 hostAliases core.HostAlias[]; 24 priorityClassName string?; 25 priority int; 26 dnsConfig core.PodDNSConfig; 28 readinessGates core.PodReadinessGate[]; 29 runtimeClassName string; 30 enableServiceLinks bool; 31 preemptionPolicy string; 32 overhead @Quantity{}; 33 topologySpreadConstraints core.TopologySpreadConstraint[]; 35 setHostnameAsFQDN bool; 36 os core.PodOS; 37 hostUsers bool; 38 schedulingGates core.PodSchedulingGate[]; 40 resources core.ResourceRequirements; 41 hostnameOverride string
core.PodTemplateSpec: 1 metadata meta.ObjectMeta; 2 spec core.PodSpec
core.PreferredSchedulingTerm: 1 weight int; 2 preference core.NodeSelectorTerm
core.Probe: 1 - core.ProbeHandler; 2 initialDelaySeconds int?; 3 timeoutSeconds int?; 4 periodSeconds int?; 5 successThreshold int?; 6 failureThreshold int?; 7 terminationGracePeriodSeconds int
core.ProbeHandler: 1 exec core.ExecAction; 2 httpGet core.HTTPGetAction; 3 tcpSocket core.TCPSocketAction; 4 grpc core.GRPCAction
core.ProjectedVolumeSource: 1 sources core.VolumeProjection[]; 2 defaultMode int; 3 defaultUser int
core.ResourceClaim: 1 name string; 2 request string?
core.ResourceFieldSelector: 1 containerName string?; 2 resource string; 3 divisor @Quantity
core.ResourceRequirements: 1 limits @Quantity{}; 2 requests @Quantity{}; 3 claims core.ResourceClaim[]
core.SELinuxOptions: 1 user string?; 2 role string?; 3 type string?; 4 level string?
core.SeccompProfile: 1 type string; 2 localhostProfile string
core.Secret: 1 metadata meta.ObjectMeta; 5 immutable bool; 2 data bytes{}; 4 stringData string{}; 3 type string?
core.SecretEnvSource: 1 - core.LocalObjectReference; 2 optional bool
core.SecretKeySelector: 1 - core.LocalObjectReference; 2 key string; 3 optional bool
core.SecretProjection: 1 - core.LocalObjectReference; 2 items core.KeyToPath[]; 4 optional bool
core.SecretVolumeSource: 1 secretName string?; 2 items core.KeyToPath[]; 3 defaultMode int; 4 optional bool; 5 defaultUser int
core.SecurityContext: 1 capabilities core.Capabilities; 2 privileged bool; 3 seLinuxOptions core.SELinuxOptions; 10 windowsOptions core.WindowsSecurityContextOptions; 4 runAsUser int; 8 runAsGroup int; 5 runAsNonRoot bool; 6 readOnlyRootFilesystem bool; 7 allowPrivilegeEscalation bool; 9 procMount string; 11 seccompProfile core.SeccompProfile; 12 appArmorProfile core.AppArmorProfile
core.Service: 1 metadata meta.ObjectMeta; 2 spec core.ServiceSpec; 3 status @Skipped
core.ServiceAccount: 1 metadata meta.ObjectMeta; 2 secrets core.ObjectReference[]; 3 imagePullSecrets core.LocalObjectReference[]; 4 automountServiceAccountToken bool
core.ServiceAccountTokenProjection: 1 audience string?; 2 expirationSeconds int; 3 path string; 4 user int
core.ServicePort: 1 name string?; 2 protocol string?; 6 appProtocol string; 3 port int; 4 targetPort @IntOrString; 5 nodePort int?
core.ServiceSpec: 1 ports core.ServicePort[]; 2 selector string{}; 3 clusterIP string?; 18 clusterIPs string[]; 4 type string?; 5 externalIPs string[]; 7 sessionAffinity string?; 8 loadBalancerIP string?; 9 loadBalancerSourceRanges string[]; 10 externalName string?; 11 externalTrafficPolicy string?; 12 healthCheckNodePort int?; 13 publishNotReadyAddresses bool?; 14 sessionAffinityConfig core.SessionAffinityConfig; 19 ipFamilies string[]; 17 ipFamilyPolicy string; 20 allocateLoadBalancerNodePorts bool; 21 loadBalancerClass string; 22 internalTrafficPolicy string; 23 trafficDistribution string
core.SessionAffinityConfig: 1 clientIP core.ClientIPConfig
core.SleepAction: 1 seconds int
core.Sysctl: 1 name string; 2 value string
core.TCPSocketAction: 1 port @IntOrString; 2 host string?
core.Toleration: 1 key string?; 2 operator string?; 3 value string?; 4 effect string?; 5 tolerationSeconds int
core.TopologySpreadConstraint: 1 maxSkew int; 2 topologyKey string; 3 whenUnsatisfiable string; 4 labelSelector meta.LabelSelector; 5 minDomains int; 6 nodeAffinityPolicy string; 7 nodeTaintsPolicy string; 8 matchLabelKeys string[]
core.Volume: 1 name string; 2 - core.VolumeSource
core.VolumeDevice: 1 name string; 2 devicePath string
core.VolumeMount: 1 name string; 2 readOnly bool?; 7 recursiveReadOnly string; 3 mountPath string; 4 subPath string?; 5 mountPropagation string; 6 subPathExpr string?; 8 bindMountOptions string[]
core.VolumeProjection: 1 secret core.SecretProjection; 2 downwardAPI core.DownwardAPIProjection; 3 configMap core.ConfigMapProjection; 4 serviceAccountToken core.ServiceAccountTokenProjection; 5 clusterTrustBundle core.ClusterTrustBundleProjection; 6 podCertificate core.PodCertificateProjection
core.VolumeSource: 1 hostPath core.HostPathVolumeSource; 2 emptyDir core.EmptyDirVolumeSource; 6 secret core.SecretVolumeSource; 10 persistentVolumeClaim core.PersistentVolumeClaimVolumeSource; 16 downwardAPI core.DownwardAPIVolumeSource; 19 configMap core.ConfigMapVolumeSource; 26 projected core.ProjectedVolumeSource
core.WeightedPodAffinityTerm: 1 weight int; 2 podAffinityTerm core.PodAffinityTerm
core.WindowsSecurityContextOptions: 1 gmsaCredentialSpecName string; 2 gmsaCredentialSpec string; 3 runAsUserName string; 4 hostProcess bool
meta.DeleteOptions: 1 gracePeriodSeconds int; 2 preconditions meta.Preconditions; 3 orphanDependents bool; 4 propagationPolicy string; 5 dryRun string[]; 6 ignoreStoreReadErrorWithClusterBreakingPotential bool
meta.LabelSelector: 1 matchLabels string{}; 2 matchExpressions meta.LabelSelectorRequirement[]
meta.LabelSelectorRequirement: 1 key string; 2 operator string; 3 values string[]
meta.ManagedFieldsEntry: 1 manager string?; 2 operation string?; 3 apiVersion string?; 4 time @Time; 6 fieldsType string?; 7 fieldsV1 @FieldsV1; 8 subresource string?
meta.ObjectMeta: 1 name string?; 2 generateName string?; 3 namespace string?; 4 selfLink string?; 5 uid string?; 6 resourceVersion string?; 7 generation int?; 8 creationTimestamp @Time; 9 deletionTimestamp @Time; 10 deletionGracePeriodSeconds int; 11 labels string{}; 12 annotations string{}; 13 ownerReferences meta.OwnerReference[]; 14 finalizers string[]; 17 managedFields meta.ManagedFieldsEntry[]
meta.OwnerReference: 5 apiVersion string; 1 kind string; 3 name string; 4 uid string; 6 controller bool; 7 blockOwnerDeletion bool
meta.Preconditions: 1 uid string; 2 resourceVersion string
policy.Eviction: 1 metadata meta.ObjectMeta; 2 deleteOptions meta.DeleteOptions
rbac.AggregationRule: 1 clusterRoleSelectors meta.LabelSelector[]
rbac.ClusterRole: 1 metadata meta.ObjectMeta; 2 rules rbac.PolicyRule[]; 3 aggregationRule rbac.AggregationRule
rbac.ClusterRoleBinding: 1 metadata meta.ObjectMeta; 2 subjects rbac.Subject[]; 3 roleRef rbac.RoleRef
rbac.PolicyRule: 1 verbs string[]; 2 apiGroups string[]; 3 resources string[]; 4 resourceNames string[]; 5 nonResourceURLs string[]
rbac.Role: 1 metadata meta.ObjectMeta; 2 rules rbac.PolicyRule[]
rbac.RoleBinding: 1 metadata meta.ObjectMeta; 2 subjects rbac.Subject[]; 3 roleRef rbac.RoleRef
rbac.RoleRef: 1 apiGroup string; 2 kind string; 3 name string
rbac.Subject: 1 kind string; 2 apiGroup string?; 3 name string; 4 namespace string?
`;
