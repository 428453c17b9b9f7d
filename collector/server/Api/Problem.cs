namespace EdgeDcim.Collector.Api;

/// <summary>The question cannot be answered as it was put; becomes a problem document (RFC 9457).</summary>
internal sealed class BadQuestionException(int status, string detail) : Exception(detail)
{
    public int Status => status;

    public static BadQuestionException Wrong(string detail) => new(StatusCodes.Status400BadRequest, detail);

    public static BadQuestionException Unknown(string detail) => new(StatusCodes.Status404NotFound, detail);
}

/// <summary>Writes problem documents, for what an endpoint refuses and for what no endpoint takes.</summary>
internal static partial class Problem
{
    public static async Task CatchAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed, ContentLength: null })
            {
                var there = context.Response.StatusCode == StatusCodes.Status404NotFound
                    ? "nothing is at this address; /api/v1/openapi.json lists what there is"
                    : $"this address does not answer {context.Request.Method}; /api/v1/openapi.json says what it answers";
                await WriteAsync(context, context.Response.StatusCode, there);
            }
        }
        catch (BadQuestionException bad) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, bad.Status, bad.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; nobody is left to be told.
        }
        catch (Exception bug) when (!context.Response.HasStarted)
        {
            Log.Failed(log, bug, context.Request.Path);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "the collector could not answer; its log says why");
        }
    }

    public static Task WriteAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemRecord("about:blank", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail),
            ApiJson.Plain.ProblemRecord, "application/problem+json", context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A request for {Path} failed.")]
        public static partial void Failed(ILogger log, Exception bug, PathString path);
    }
}
