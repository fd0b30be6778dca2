// A controller as kubebuilder writes it: a custom resource whose reconciler keeps a Deployment and tells a status.
package clients

import (
	"context"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

var siteKind = schema.GroupVersionKind{Group: "clients.example.com", Version: "v1", Kind: "Site"}

func sites() *apiextensionsv1.CustomResourceDefinition {
	properties := map[string]apiextensionsv1.JSONSchemaProps{
		"spec":   {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"replicas": {Type: "integer", Minimum: ptr.To(float64(0)), Default: &apiextensionsv1.JSON{Raw: []byte("1")}}}},
		"status": {Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"deployed": {Type: "integer"}}},
	}
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "sites.clients.example.com"},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: siteKind.Group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: "sites", Singular: "site", Kind: "Site", ListKind: "SiteList"},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Schema:       &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: properties}},
				Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
			}},
		},
	}
}

func site(ns string) *unstructured.Unstructured {
	made := &unstructured.Unstructured{}
	made.SetGroupVersionKind(siteKind)
	made.SetNamespace(ns)
	made.SetName("mine")
	return made
}

type reconciler struct{ client.Client }

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	owner := site("")
	if err := r.Get(ctx, request.NamespacedName, owner); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	replicas, _, _ := unstructured.NestedInt64(owner.Object, "spec", "replicas")
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: owner.GetName(), Namespace: owner.GetNamespace()}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		deployment.Spec.Replicas = ptr.To(int32(replicas))
		deployment.Spec.Selector = app
		if len(deployment.Spec.Template.Spec.Containers) == 0 {
			deployment.Spec.Template = template(corev1.RestartPolicyAlways)
		}
		return controllerutil.SetControllerReference(owner, deployment, r.Scheme())
	})
	if err != nil {
		return ctrl.Result{}, err
	}
	before := owner.DeepCopy()
	_ = unstructured.SetNestedField(owner.Object, int64(deployment.Status.ReadyReplicas), "status", "deployed")
	return ctrl.Result{}, r.Status().Patch(ctx, owner, client.MergeFrom(before))
}

func TestAControllerOfACustomResource(t *testing.T) {
	c := config(t)
	ns := namespace(t, kubernetes.NewForConfigOrDie(c))
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	all := runtime.NewScheme()
	must(t, scheme.AddToScheme(all))
	must(t, apiextensionsv1.AddToScheme(all))
	direct, err := client.New(c, client.Options{Scheme: all})
	must(t, err)
	definition := sites()
	must(t, direct.Create(ctx, definition))
	t.Cleanup(func() { _ = direct.Delete(context.Background(), definition) })
	within(t, "the definition established", func() (bool, error) {
		if err := direct.Get(ctx, client.ObjectKeyFromObject(definition), definition); err != nil {
			return false, err
		}
		for _, condition := range definition.Status.Conditions {
			if condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue {
				return true, nil
			}
		}
		return false, nil
	})

	manager, err := ctrl.NewManager(c, ctrl.Options{Scheme: all, Metrics: metricsserver.Options{BindAddress: "0"}, LeaderElection: true, LeaderElectionID: "sites", LeaderElectionNamespace: ns})
	must(t, err)
	must(t, ctrl.NewControllerManagedBy(manager).For(site("")).Owns(&appsv1.Deployment{}).Complete(&reconciler{manager.GetClient()}))
	stopped := make(chan error, 1)
	go func() { stopped <- manager.Start(ctx) }()

	mine := site(ns)
	must(t, direct.Create(ctx, mine))
	if replicas, _, _ := unstructured.NestedInt64(mine.Object, "spec", "replicas"); replicas != 0 {
		t.Fatalf("a default was set where there is no spec: %v", mine.Object)
	}
	_ = unstructured.SetNestedField(mine.Object, int64(2), "spec", "replicas")
	must(t, direct.Update(ctx, mine))
	within(t, "the status told", func() (bool, error) {
		if err := direct.Get(ctx, client.ObjectKeyFromObject(mine), mine); err != nil {
			return false, err
		}
		deployed, _, _ := unstructured.NestedInt64(mine.Object, "status", "deployed")
		return deployed == 2, nil
	})
	must(t, direct.Delete(ctx, mine))
	within(t, "the deployment collected", func() (bool, error) {
		err := direct.Get(ctx, client.ObjectKeyFromObject(mine), &appsv1.Deployment{})
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
	cancel()
	must(t, <-stopped)
}
