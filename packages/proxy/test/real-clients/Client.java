import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.IntStream;

/** What Java's own HTTP client gets through a gateway: by HTTP/1.1, and with an offer of HTTP/2. */
class Client {
  public static void main(String[] arguments) throws Exception {
    var base = "http://127.0.0.1:" + arguments[0];
    for (var version : HttpClient.Version.values()) {
      var client = HttpClient.newBuilder().version(version).build();
      var posted =
          HttpRequest.newBuilder(URI.create(base + "/java"))
              .expectContinue(version == HttpClient.Version.HTTP_1_1)
              .POST(BodyPublishers.ofString("x".repeat(200_000)))
              .build();
      System.out.println(client.send(posted, BodyHandlers.ofString()).body());
      var large = HttpRequest.newBuilder(URI.create(base + "/large")).build();
      System.out.println(client.send(large, BodyHandlers.ofByteArray()).body().length);
      var slow = HttpRequest.newBuilder(URI.create(base + "/slow")).build();
      var texts =
          IntStream.range(0, 20)
              .mapToObj(n -> client.sendAsync(slow, BodyHandlers.ofString()))
              .toList();
      for (var text : texts) System.out.println(text.get().body());
    }
  }
}
