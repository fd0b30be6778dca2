// Programs built on client-go, as people write them: typed clients that speak protobuf, informers, server-side
// apply, leader election, events, streams. The cluster is the one of KUBECONFIG.
package clients

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	appsac "k8s.io/client-go/applyconfigurations/apps/v1"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/utils/ptr"
)

const protobuf = "application/vnd.kubernetes.protobuf"

func config(t *testing.T) *rest.Config {
	t.Helper()
	c, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(t, err)
	c.QPS, c.Burst = -1, -1
	return c
}

// Nothing but protobuf, both ways.
func strict(t *testing.T) *kubernetes.Clientset {
	c := config(t)
	c.ContentType, c.AcceptContentTypes = protobuf, protobuf
	return kubernetes.NewForConfigOrDie(c)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func within(t *testing.T, what string, done func() (bool, error)) {
	t.Helper()
	var last error
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		ok, err := done()
		if ok && err == nil {
			return
		}
		last = err
	}
	t.Fatalf("%s did not happen: %v", what, last)
}

// A namespace of its own that is gone when the test ends.
func namespace(t *testing.T, client kubernetes.Interface) string {
	t.Helper()
	ctx := context.Background()
	made, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "clients-"}}, metav1.CreateOptions{})
	must(t, err)
	t.Cleanup(func() { _ = client.CoreV1().Namespaces().Delete(ctx, made.Name, metav1.DeleteOptions{}) })
	return made.Name
}

func podSpec(restart corev1.RestartPolicy) corev1.PodSpec {
	return corev1.PodSpec{
		RestartPolicy:                 restart,
		TerminationGracePeriodSeconds: ptr.To(int64(0)),
		Containers: []corev1.Container{{
			Name: "main", Image: "busybox", Command: []string{"sleep", "3600"},
			Ports:     []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
			Env:       []corev1.EnvVar{{Name: "A", Value: "b"}},
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("10m"), "memory": resource.MustParse("16Mi")}},
		}},
	}
}

func template(restart corev1.RestartPolicy) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}}, Spec: podSpec(restart)}
}

var app = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}

// One object of each of the kinds that programs write most.
func objects(ns string) []runtime.Object {
	named := metav1.ObjectMeta{Name: "web", Namespace: ns}
	cluster := metav1.ObjectMeta{Name: ns + "-web"}
	quantity := resource.MustParse("1Gi")
	return []runtime.Object{
		&corev1.ConfigMap{ObjectMeta: named, Data: map[string]string{"a": "1"}, BinaryData: map[string][]byte{"b": {0, 255}}},
		&corev1.Secret{ObjectMeta: named, Data: map[string][]byte{"a": []byte("secret")}, Type: corev1.SecretTypeOpaque},
		&corev1.ServiceAccount{ObjectMeta: named},
		&corev1.Service{ObjectMeta: named, Spec: corev1.ServiceSpec{Selector: app.MatchLabels, Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http"), Protocol: corev1.ProtocolTCP}}}},
		&corev1.Pod{ObjectMeta: named, Spec: podSpec(corev1.RestartPolicyAlways)},
		&corev1.ReplicationController{ObjectMeta: metav1.ObjectMeta{Name: "web-rc", Namespace: ns}, Spec: corev1.ReplicationControllerSpec{Replicas: ptr.To(int32(0)), Selector: map[string]string{"app": "web"}, Template: ptr.To(template(corev1.RestartPolicyAlways))}},
		&corev1.LimitRange{ObjectMeta: named, Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{Type: corev1.LimitTypeContainer, Default: corev1.ResourceList{"memory": quantity}}}}},
		&corev1.ResourceQuota{ObjectMeta: named, Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{"pods": resource.MustParse("100")}}},
		&corev1.PersistentVolumeClaim{ObjectMeta: named, Spec: corev1.PersistentVolumeClaimSpec{AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": quantity}}}},
		&appsv1.Deployment{ObjectMeta: named, Spec: appsv1.DeploymentSpec{Replicas: ptr.To(int32(0)), Selector: app, Template: template(corev1.RestartPolicyAlways)}},
		&appsv1.ReplicaSet{ObjectMeta: named, Spec: appsv1.ReplicaSetSpec{Replicas: ptr.To(int32(0)), Selector: app, Template: template(corev1.RestartPolicyAlways)}},
		&appsv1.StatefulSet{ObjectMeta: named, Spec: appsv1.StatefulSetSpec{Replicas: ptr.To(int32(0)), ServiceName: "web", Selector: app, Template: template(corev1.RestartPolicyAlways)}},
		&appsv1.DaemonSet{ObjectMeta: named, Spec: appsv1.DaemonSetSpec{Selector: app, Template: template(corev1.RestartPolicyAlways)}},
		&batchv1.Job{ObjectMeta: named, Spec: batchv1.JobSpec{Suspend: ptr.To(true), Template: template(corev1.RestartPolicyNever)}},
		&batchv1.CronJob{ObjectMeta: named, Spec: batchv1.CronJobSpec{Schedule: "0 0 1 1 *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template(corev1.RestartPolicyNever)}}}},
		&autoscalingv1.HorizontalPodAutoscaler{ObjectMeta: named, Spec: autoscalingv1.HorizontalPodAutoscalerSpec{MaxReplicas: 3, TargetCPUUtilizationPercentage: ptr.To(int32(50)), ScaleTargetRef: autoscalingv1.CrossVersionObjectReference{Kind: "Deployment", Name: "web", APIVersion: "apps/v1"}}},
		&policyv1.PodDisruptionBudget{ObjectMeta: named, Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: ptr.To(intstr.FromString("50%")), Selector: app}},
		&networkingv1.Ingress{ObjectMeta: named, Spec: networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}}}}},
		&networkingv1.NetworkPolicy{ObjectMeta: named, Spec: networkingv1.NetworkPolicySpec{PodSelector: *app, Ingress: []networkingv1.NetworkPolicyIngressRule{{Ports: []networkingv1.NetworkPolicyPort{{Port: ptr.To(intstr.FromInt32(80))}}}}}},
		&discoveryv1.EndpointSlice{ObjectMeta: named, AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.244.9.9"}}}},
		&rbacv1.Role{ObjectMeta: named, Rules: []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{"pods"}}}},
		&rbacv1.RoleBinding{ObjectMeta: named, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "web"}, Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "web", Namespace: ns}}},
		&rbacv1.ClusterRole{ObjectMeta: cluster, Rules: []rbacv1.PolicyRule{{Verbs: []string{"get"}, NonResourceURLs: []string{"/metrics"}}}},
		&schedulingv1.PriorityClass{ObjectMeta: cluster, Value: 1000},
		&storagev1.StorageClass{ObjectMeta: cluster, Provisioner: "example.com/none"},
		&networkingv1.IngressClass{ObjectMeta: cluster, Spec: networkingv1.IngressClassSpec{Controller: "example.com/none"}},
	}
}

var plurals = map[string]string{"Ingress": "ingresses", "NetworkPolicy": "networkpolicies", "IngressClass": "ingressclasses", "StorageClass": "storageclasses", "PriorityClass": "priorityclasses"}

func TestEveryKindIsWrittenAndReadInProtobufAlone(t *testing.T) {
	client := strict(t)
	ns := namespace(t, client)
	ctx := context.Background()
	groups := map[string]rest.Interface{
		"": client.CoreV1().RESTClient(), "apps": client.AppsV1().RESTClient(), "batch": client.BatchV1().RESTClient(),
		"autoscaling": client.AutoscalingV1().RESTClient(), "policy": client.PolicyV1().RESTClient(),
		"networking.k8s.io": client.NetworkingV1().RESTClient(), "discovery.k8s.io": client.DiscoveryV1().RESTClient(),
		"rbac.authorization.k8s.io": client.RbacV1().RESTClient(), "scheduling.k8s.io": client.SchedulingV1().RESTClient(),
		"storage.k8s.io": client.StorageV1().RESTClient(),
	}
	for _, object := range objects(ns) {
		kinds, _, err := scheme.Scheme.ObjectKinds(object)
		must(t, err)
		gvk := kinds[0]
		plural := plurals[gvk.Kind]
		if plural == "" {
			plural = strings.ToLower(gvk.Kind) + "s"
		}
		t.Run(gvk.Kind, func(t *testing.T) {
			accessor := object.(metav1.Object)
			scoped := accessor.GetNamespace()
			c := groups[gvk.Group]
			empty := func() runtime.Object { return reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object) }
			made, read := empty(), empty()
			must(t, c.Post().NamespaceIfScoped(scoped, scoped != "").Resource(plural).Body(object).Do(ctx).Into(made))
			if scoped == "" {
				t.Cleanup(func() { _ = c.Delete().Resource(plural).Name(accessor.GetName()).Do(ctx).Error() })
			}
			must(t, c.Get().NamespaceIfScoped(scoped, scoped != "").Resource(plural).Name(accessor.GetName()).Do(ctx).Into(read))
			if made.(metav1.Object).GetUID() != read.(metav1.Object).GetUID() {
				t.Fatalf("another object was read than was made")
			}
			subset(t, gvk.Kind, reflect.ValueOf(object).Elem(), reflect.ValueOf(read).Elem())
			within(t, "an update of its labels", func() (bool, error) {
				if err := c.Get().NamespaceIfScoped(scoped, scoped != "").Resource(plural).Name(accessor.GetName()).Do(ctx).Into(read); err != nil {
					return false, err
				}
				read.(metav1.Object).SetLabels(map[string]string{"seen": "yes"})
				err := c.Put().NamespaceIfScoped(scoped, scoped != "").Resource(plural).Name(accessor.GetName()).Body(read).Do(ctx).Into(made)
				if apierrors.IsConflict(err) {
					return false, err
				}
				must(t, err)
				return made.(metav1.Object).GetLabels()["seen"] == "yes", nil
			})
			raw, err := c.Get().NamespaceIfScoped(scoped, scoped != "").Resource(plural).Param("labelSelector", "seen=yes").Do(ctx).Raw()
			must(t, err)
			if !bytes.HasPrefix(raw, []byte("k8s\x00")) || !bytes.Contains(raw, []byte(accessor.GetName())) {
				t.Fatalf("the list is no protobuf that names it")
			}
		})
	}
}

// What was sent stands in what was read; the server may add.
func subset(t *testing.T, path string, sent, read reflect.Value) {
	t.Helper()
	switch sent.Kind() {
	case reflect.Pointer, reflect.Interface:
		if sent.IsNil() {
			return
		}
		if read.IsNil() {
			t.Fatalf("%s is lost", path)
		}
		subset(t, path, sent.Elem(), read.Elem())
	case reflect.Struct:
		if q, ok := sent.Interface().(resource.Quantity); ok {
			if other := read.Interface().(resource.Quantity); q.Cmp(other) != 0 {
				t.Fatalf("%s is %s, not %s", path, other.String(), q.String())
			}
			return
		}
		for i := range sent.NumField() {
			subset(t, path+"."+sent.Type().Field(i).Name, sent.Field(i), read.Field(i))
		}
	case reflect.Slice:
		if sent.Len() == 0 {
			return
		}
		if read.Len() < sent.Len() {
			t.Fatalf("%s has %d members, not %d", path, read.Len(), sent.Len())
		}
		for i := range sent.Len() {
			subset(t, fmt.Sprintf("%s[%d]", path, i), sent.Index(i), read.Index(i))
		}
	case reflect.Map:
		for _, key := range sent.MapKeys() {
			value := read.MapIndex(key)
			if !value.IsValid() {
				t.Fatalf("%s[%v] is lost", path, key)
			}
			subset(t, fmt.Sprintf("%s[%v]", path, key), sent.MapIndex(key), value)
		}
	default:
		if !sent.IsZero() && sent.Interface() != read.Interface() {
			t.Fatalf("%s is %v, not %v", path, read.Interface(), sent.Interface())
		}
	}
}

func TestWatchesSpeakProtobuf(t *testing.T) {
	client := strict(t)
	ns := namespace(t, client)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	w, err := client.CoreV1().ConfigMaps(ns).Watch(ctx, metav1.ListOptions{SendInitialEvents: ptr.To(true), AllowWatchBookmarks: true, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
	must(t, err)
	defer w.Stop()
	_, err = client.CoreV1().ConfigMaps(ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "seen"}}, metav1.CreateOptions{})
	must(t, err)
	bookmarked := false
	for event := range w.ResultChan() {
		object := event.Object.(*corev1.ConfigMap)
		if event.Type == watch.Bookmark && object.Annotations[metav1.InitialEventsAnnotationKey] == "true" {
			bookmarked = true
		}
		if event.Type == watch.Added && object.Name == "seen" {
			if !bookmarked {
				t.Log("the object was there before the bookmark")
			}
			return
		}
	}
	t.Fatal("the watch ended without the object")
}

func TestInformersOfAllKindsSync(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(config(t))
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	factory := informers.NewSharedInformerFactory(client, 0)
	factory.Core().V1().Pods().Informer()
	factory.Core().V1().Services().Informer()
	factory.Core().V1().Nodes().Informer()
	factory.Core().V1().PersistentVolumeClaims().Informer()
	factory.Apps().V1().Deployments().Informer()
	factory.Apps().V1().DaemonSets().Informer()
	factory.Batch().V1().Jobs().Informer()
	factory.Batch().V1().CronJobs().Informer()
	factory.Discovery().V1().EndpointSlices().Informer()
	factory.Networking().V1().Ingresses().Informer()
	factory.Networking().V1().NetworkPolicies().Informer()
	factory.Policy().V1().PodDisruptionBudgets().Informer()
	factory.Rbac().V1().ClusterRoles().Informer()
	factory.Storage().V1().StorageClasses().Informer()
	factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer()
	factory.Certificates().V1().CertificateSigningRequests().Informer()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			t.Errorf("the informer of %v did not sync", kind)
		}
	}
	if len(factory.Core().V1().Nodes().Informer().GetStore().List()) == 0 {
		t.Error("no node is known")
	}
}

func TestApplyConfigurationsConflictAndAreForced(t *testing.T) {
	client := strict(t)
	ns := namespace(t, client)
	ctx := context.Background()
	wanted := appsac.Deployment("web", ns).WithSpec(appsac.DeploymentSpec().WithReplicas(1).
		WithSelector(metaac.LabelSelector().WithMatchLabels(app.MatchLabels)).
		WithTemplate(coreac.PodTemplateSpec().WithLabels(app.MatchLabels).
			WithSpec(coreac.PodSpec().WithContainers(coreac.Container().WithName("main").WithImage("busybox").WithCommand("sleep", "3600")))))
	_, err := client.AppsV1().Deployments(ns).Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "one"})
	must(t, err)
	other := appsac.Deployment("web", ns).WithSpec(appsac.DeploymentSpec().WithReplicas(2))
	_, err = client.AppsV1().Deployments(ns).Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two"})
	if !apierrors.IsConflict(err) || !strings.Contains(err.Error(), `conflict with "one": .spec.replicas`) {
		t.Fatalf("another manager's field was not a conflict: %v", err)
	}
	forced, err := client.AppsV1().Deployments(ns).Apply(ctx, other, metav1.ApplyOptions{FieldManager: "two", Force: true})
	must(t, err)
	if *forced.Spec.Replicas != 2 {
		t.Fatalf("replicas are %d", *forced.Spec.Replicas)
	}
	extracted, err := appsac.ExtractDeployment(forced, "two")
	must(t, err)
	if extracted.Spec == nil || *extracted.Spec.Replicas != 2 || extracted.Spec.Template != nil {
		t.Fatalf("the manager does not own what it applied: %+v", extracted.Spec)
	}
}

func TestOneOfTwoCandidatesLeads(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(config(t))
	ns := namespace(t, client)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	led := make(chan string, 2)
	for _, name := range []string{"a", "b"} {
		lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Name: "leader", Namespace: ns}, Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: name}}
		go leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{Lock: lock, ReleaseOnCancel: true, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: func(context.Context) { led <- name }, OnStoppedLeading: func() {}}})
	}
	first := <-led
	select {
	case second := <-led:
		t.Fatalf("%s leads beside %s", second, first)
	case <-time.After(2 * time.Second):
	}
}

func TestRecordersOfTheNewEventsAreReadAsOld(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(config(t))
	ns := namespace(t, client)
	ctx := context.Background()
	pod, err := client.CoreV1().Pods(ns).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: podSpec(corev1.RestartPolicyAlways)}, metav1.CreateOptions{})
	must(t, err)
	broadcaster := events.NewEventBroadcasterAdapter(client)
	stop := make(chan struct{})
	defer close(stop)
	broadcaster.StartRecordingToSink(stop)
	broadcaster.NewRecorder("clients").Eventf(pod, nil, corev1.EventTypeNormal, "Seen", "Look", "seen by %s", "a program")
	within(t, "the event in the core group", func() (bool, error) {
		list, err := client.CoreV1().Events(ns).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=web,reason=Seen"})
		return err == nil && len(list.Items) == 1 && list.Items[0].Message == "seen by a program", err
	})
	var of *eventsv1.EventList
	of, err = client.EventsV1().Events(ns).List(ctx, metav1.ListOptions{})
	must(t, err)
	found := false
	for _, event := range of.Items {
		found = found || (event.Reason == "Seen" && event.Note == "seen by a program" && event.Regarding.Name == "web")
	}
	if !found {
		t.Fatalf("the event is not in its own group: %+v", of.Items)
	}
}

func TestDiscoveryAndPartialObjects(t *testing.T) {
	c := config(t)
	client := kubernetes.NewForConfigOrDie(c)
	_, lists, err := client.Discovery().ServerGroupsAndResources()
	must(t, err)
	if len(lists) < 15 {
		t.Fatalf("%d group versions are served", len(lists))
	}
	_, err = client.Discovery().OpenAPISchema()
	must(t, err)
	paths, err := client.Discovery().OpenAPIV3().Paths()
	must(t, err)
	if paths["apis/apps/v1"] == nil {
		t.Fatal("OpenAPI v3 has no apps/v1")
	}
	partial, err := metadata.NewForConfig(c)
	must(t, err)
	nodes, err := partial.Resource(schema.GroupVersionResource{Version: "v1", Resource: "nodes"}).List(context.Background(), metav1.ListOptions{})
	must(t, err)
	if len(nodes.Items) == 0 || nodes.Items[0].Kind != "PartialObjectMetadata" {
		t.Fatalf("no partial nodes: %+v", nodes.Items)
	}
	dyn := dynamic.NewForConfigOrDie(c)
	_, err = dyn.Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}).Namespace("kube-system").Get(context.Background(), "coredns", metav1.GetOptions{})
	must(t, err)
}

func TestReviewsTokensScalesAndEvictions(t *testing.T) {
	client := strict(t)
	ns := namespace(t, client)
	ctx := context.Background()
	access, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "get", Resource: "pods"}}}, metav1.CreateOptions{})
	must(t, err)
	if !access.Status.Allowed {
		t.Fatal("the administrator may not get pods")
	}
	within(t, "the default service account", func() (bool, error) {
		_, err := client.CoreV1().ServiceAccounts(ns).Get(ctx, "default", metav1.GetOptions{})
		return err == nil, err
	})
	token, err := client.CoreV1().ServiceAccounts(ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To(int64(600))}}, metav1.CreateOptions{})
	must(t, err)
	review, err := client.AuthenticationV1().TokenReviews().Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token.Status.Token}}, metav1.CreateOptions{})
	must(t, err)
	if review.Status.User.Username != "system:serviceaccount:"+ns+":default" {
		t.Fatalf("the token is of %q", review.Status.User.Username)
	}
	_, err = client.AppsV1().Deployments(ns).Create(ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: appsv1.DeploymentSpec{Replicas: ptr.To(int32(1)), Selector: app, Template: template(corev1.RestartPolicyAlways)}}, metav1.CreateOptions{})
	must(t, err)
	// The controller writes its status meanwhile, so that the first try may be a conflict.
	within(t, "two replicas wanted", func() (bool, error) {
		scale, err := client.AppsV1().Deployments(ns).GetScale(ctx, "web", metav1.GetOptions{})
		must(t, err)
		scale.Spec.Replicas = 2
		_, err = client.AppsV1().Deployments(ns).UpdateScale(ctx, "web", scale, metav1.UpdateOptions{})
		return err == nil, err
	})
	var pods *corev1.PodList
	within(t, "two pods running", func() (bool, error) {
		pods, err = client.CoreV1().Pods(ns).List(ctx, metav1.ListOptions{FieldSelector: "status.phase=Running"})
		return err == nil && len(pods.Items) == 2, err
	})
	must(t, client.PolicyV1().Evictions(ns).Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pods.Items[0].Name, Namespace: ns}}))
}

func TestStreamsOverBothProtocols(t *testing.T) {
	c := config(t)
	client := kubernetes.NewForConfigOrDie(c)
	ns := namespace(t, client)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	spec := podSpec(corev1.RestartPolicyAlways)
	spec.Containers[0].Command = []string{"httpd", "-f", "-p", "8080", "-h", "/etc"}
	_, err := client.CoreV1().Pods(ns).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: spec}, metav1.CreateOptions{})
	must(t, err)
	within(t, "the pod running", func() (bool, error) {
		pod, err := client.CoreV1().Pods(ns).Get(ctx, "web", metav1.GetOptions{})
		return err == nil && pod.Status.Phase == corev1.PodRunning, err
	})
	exec := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(ns).Name("web").SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: []string{"sh", "-c", "cat; exit 3"}, Stdin: true, Stdout: true, Stderr: true}, scheme.ParameterCodec).URL()
	overSpdy, err := remotecommand.NewSPDYExecutor(c, http.MethodPost, exec)
	must(t, err)
	overWebSocket, err := remotecommand.NewWebSocketExecutor(c, http.MethodGet, exec.String())
	must(t, err)
	for name, executor := range map[string]remotecommand.Executor{"SPDY": overSpdy, "WebSocket": overWebSocket} {
		t.Run(name, func(t *testing.T) {
			sent := strings.Repeat("0123456789abcdef", 64*1024)
			var got bytes.Buffer
			err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: strings.NewReader(sent), Stdout: &got, Stderr: io.Discard})
			if err == nil || !strings.Contains(err.Error(), "exit code 3") {
				t.Fatalf("the exit code is not told: %v", err)
			}
			if got.String() != sent {
				t.Fatalf("%d of %d bytes came back", got.Len(), len(sent))
			}
		})
	}
	forward := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(ns).Name("web").SubResource("portforward").URL()
	roundTripper, upgrader, err := spdy.RoundTripperFor(c)
	must(t, err)
	overTunnel, err := portforward.NewSPDYOverWebsocketDialer(forward, c)
	must(t, err)
	for name, dialer := range map[string]httpstream.Dialer{"SPDY": spdy.NewDialer(upgrader, &http.Client{Transport: roundTripper}, http.MethodPost, forward), "WebSocket": overTunnel} {
		t.Run("port forwarding over "+name, func(t *testing.T) {
			stop, ready := make(chan struct{}), make(chan struct{})
			defer close(stop)
			forwarder, err := portforward.NewOnAddresses(dialer, []string{"127.0.0.1"}, []string{"0:8080"}, stop, ready, io.Discard, os.Stderr)
			must(t, err)
			go func() { _ = forwarder.ForwardPorts() }()
			<-ready
			ports, err := forwarder.GetPorts()
			must(t, err)
			answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/hostname", ports[0].Local))
			must(t, err)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			must(t, err)
			if strings.TrimSpace(string(body)) != "web" {
				t.Fatalf("the pod answers %q", body)
			}
		})
	}
}

func TestPatchesOfEveryType(t *testing.T) {
	client := strict(t)
	ns := namespace(t, client)
	ctx := context.Background()
	_, err := client.CoreV1().ConfigMaps(ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "x"}, Data: map[string]string{"a": "1"}}, metav1.CreateOptions{})
	must(t, err)
	for kind, patch := range map[types.PatchType]string{
		types.JSONPatchType:           `[{"op":"add","path":"/data/json","value":"1"}]`,
		types.MergePatchType:          `{"data":{"merge":"1"}}`,
		types.StrategicMergePatchType: `{"data":{"strategic":"1"}}`,
		types.ApplyPatchType:          `{"apiVersion":"v1","kind":"ConfigMap","data":{"apply":"1"}}`,
	} {
		options := metav1.PatchOptions{}
		if kind == types.ApplyPatchType {
			options.FieldManager = "test"
		}
		_, err := client.CoreV1().ConfigMaps(ns).Patch(ctx, "x", kind, []byte(patch), options)
		must(t, err)
	}
	read, err := client.CoreV1().ConfigMaps(ns).Get(ctx, "x", metav1.GetOptions{})
	must(t, err)
	if len(read.Data) != 5 {
		t.Fatalf("data is %v", read.Data)
	}
}
