"""README's service in Python: `cdk synth` in this folder, with requirements.txt installed."""

from aws_cdk import App, Duration, Stack
from aws_cdk.aws_ecs import ContainerImage
from cdk_greenlight import BlueGreenService, ServiceTask, SmokeCheck, SmokeExpectations, SmokeSuite, TrafficShift

app = App()
stack = Stack(app, "Shop")
BlueGreenService(
    stack,
    "Web",
    task=ServiceTask.from_image(ContainerImage.from_registry("public.ecr.aws/you/web:1.4.0"), container_port=8080),
    traffic_shift=TrafficShift.canary(percent=10, interval=Duration.minutes(5)),
    suite=SmokeSuite.of(
        SmokeCheck(name="health", path="/health"),
        SmokeCheck(
            name="orders",
            path="/orders",
            expect=SmokeExpectations(body_contains="[", latency=Duration.seconds(1)),
        ),
    ),
)
app.synth()
