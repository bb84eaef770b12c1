{{- define "sallyport.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "sallyport.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "sallyport.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "sallyport.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels of an object: the argument is a dict with root and component. */}}
{{- define "sallyport.labels" -}}
{{- with .root.Values.commonLabels }}
{{- toYaml . }}
{{ end -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: sallyport
{{ include "sallyport.selectorLabels" . }}
{{- end }}

{{/* They must never change: a DaemonSet's selector is immutable. */}}
{{- define "sallyport.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sallyport.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "sallyport.image" -}}
{{- $registry := required "set image.registry to the registry and path that you pushed the images to, for example registry.example.org/sallyport" .root.Values.image.registry -}}
{{- if .digest -}}
{{ printf "%s/%s@%s" $registry .component .digest }}
{{- else -}}
{{ printf "%s/%s:%s" $registry .component (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- end -}}
{{- end }}
