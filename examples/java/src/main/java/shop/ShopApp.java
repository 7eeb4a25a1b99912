package shop;

import io.github.cdkgreenlight.BlueGreenService;
import io.github.cdkgreenlight.ServiceTask;
import io.github.cdkgreenlight.SmokeCheck;
import io.github.cdkgreenlight.SmokeExpectations;
import io.github.cdkgreenlight.SmokeSuite;
import io.github.cdkgreenlight.TaskImageOptions;
import io.github.cdkgreenlight.TrafficShift;
import io.github.cdkgreenlight.TrafficShiftOptions;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ecs.ContainerImage;

/** README's service in Java: {@code cdk synth} in this folder. */
public final class ShopApp {
    public static void main(final String[] args) {
        final App app = new App();
        final Stack stack = new Stack(app, "Shop");
        BlueGreenService.Builder.create(stack, "Web")
                .task(ServiceTask.fromImage(
                        ContainerImage.fromRegistry("public.ecr.aws/you/web:1.4.0"),
                        TaskImageOptions.builder().containerPort(8080).build()))
                .trafficShift(TrafficShift.canary(
                        TrafficShiftOptions.builder().percent(10).interval(Duration.minutes(5)).build()))
                .suite(SmokeSuite.of(
                        SmokeCheck.builder().name("health").path("/health").build(),
                        SmokeCheck.builder()
                                .name("orders")
                                .path("/orders")
                                .expect(SmokeExpectations.builder()
                                        .bodyContains("[")
                                        .latency(Duration.seconds(1))
                                        .build())
                                .build()))
                .build();
        app.synth();
    }

    private ShopApp() {}
}
