// Calls operations with the AWS SDK for Go, one for each line of standard input: the protocol of python.py.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// call is one line of standard input.
type call struct {
	Service   string
	Operation string
	Input     map[string]any
}

// end is one line of standard output.
type end struct {
	Output  any    `json:"output,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Wrong   string `json:"wrong,omitempty"`
}

func clients(cfg aws.Config) map[string]any {
	return map[string]any{
		"application-autoscaling": applicationautoscaling.NewFromConfig(cfg),
		"cloudformation":          cloudformation.NewFromConfig(cfg),
		"cloudwatch":              cloudwatch.NewFromConfig(cfg),
		"codedeploy":              codedeploy.NewFromConfig(cfg),
		"ec2":                     ec2.NewFromConfig(cfg),
		"ecr":                     ecr.NewFromConfig(cfg),
		"ecs":                     ecs.NewFromConfig(cfg),
		"elasticloadbalancing":    elasticloadbalancingv2.NewFromConfig(cfg),
		"events":                  eventbridge.NewFromConfig(cfg),
		"iam":                     iam.NewFromConfig(cfg),
		"lambda":                  lambda.NewFromConfig(cfg),
		"logs":                    cloudwatchlogs.NewFromConfig(cfg),
		"s3":                      s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }),
		"secretsmanager":          secretsmanager.NewFromConfig(cfg),
		"sns":                     sns.NewFromConfig(cfg),
		"ssm":                     ssm.NewFromConfig(cfg),
		"states":                  sfn.NewFromConfig(cfg),
		"sts":                     sts.NewFromConfig(cfg),
	}
}

var reader = reflect.TypeOf((*io.Reader)(nil)).Elem()

// input makes the typed input of an operation: encoding/json finds its members whatever their case is.
func input(kind reflect.Type, values map[string]any) (reflect.Value, error) {
	typed := reflect.New(kind)
	body := ""
	for index := range kind.NumField() {
		field := kind.Field(index)
		text, isText := values[field.Name].(string)
		switch {
		case isText && field.Type == reader:
			body = field.Name
			typed.Elem().Field(index).Set(reflect.ValueOf(bytes.NewReader([]byte(text))))
		case isText && field.Type == reflect.TypeOf([]byte{}):
			values[field.Name] = base64.StdEncoding.EncodeToString([]byte(text))
		}
	}
	delete(values, body)
	text, err := json.Marshal(values)
	if err != nil {
		return typed, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return typed, decoder.Decode(typed.Interface())
}

// output reads what is streamed, so that the rest can be written as JSON.
func output(value reflect.Value) error {
	body := value.Elem().FieldByName("Body")
	if !body.IsValid() || body.Type() != reflect.TypeOf((*io.ReadCloser)(nil)).Elem() || body.IsNil() {
		return nil
	}
	_, err := io.ReadAll(body.Interface().(io.Reader))
	body.SetZero()
	return err
}

func perform(client any, each call) end {
	method := reflect.ValueOf(client).MethodByName(each.Operation)
	if !method.IsValid() {
		return end{Wrong: "the SDK has no such operation"}
	}
	given, err := input(method.Type().In(1).Elem(), each.Input)
	if err != nil {
		return end{Wrong: err.Error()}
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), given})
	if err, failed := results[1].Interface().(error); failed {
		var refusal smithy.APIError
		if errors.As(err, &refusal) {
			return end{Code: refusal.ErrorCode(), Message: refusal.ErrorMessage()}
		}
		return end{Wrong: err.Error()}
	}
	if err := output(results[0]); err != nil {
		return end{Wrong: err.Error()}
	}
	return end{Output: results[0].Interface()}
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRetryMaxAttempts(1))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	known := clients(cfg)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	_ = out.Encode(map[string]string{"client": "AWS SDK for Go " + aws.SDKVersion})
	for lines.Scan() {
		var each call
		if err := json.Unmarshal(lines.Bytes(), &each); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := out.Encode(perform(known[each.Service], each)); err != nil {
			_ = out.Encode(end{Wrong: err.Error()})
		}
	}
}
