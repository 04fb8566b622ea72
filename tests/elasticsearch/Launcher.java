import java.nio.file.Path;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;

/** Runs one Elasticsearch node on loopback until its standard input ends: Launcher HOME DATA PORT. */
final class Launcher {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("path.data", arguments[1])
            .put("path.logs", arguments[1])
            .put("node.name", "test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[2])
            .put("transport.port", "0")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        LogConfigurator.setNodeName("test");
        LogConfigurator.configureWithoutConfig(settings);
        new Node(new Environment(settings, home.resolve("config"))).start();
        while (System.in.read() != -1) {
            continue;
        }
        Runtime.getRuntime().halt(0);
    }
}
